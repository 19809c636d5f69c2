using System.Globalization;
using CertiPure.Images;
using CertiPure.Recipes.Metrics;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>One purifier's transport over the noise levels.</summary>
internal sealed record TransportStep : ReproductionStep
{
    private readonly string _method;
    private readonly string _role;
    private readonly IImageSource _images;
    private readonly ReproductionModels _models;
    private readonly ReproductionOptions _options;

    public TransportStep(string method, string role, IImageSource images, ReproductionModels models, ReproductionOptions options)
        : base($"transport of {role}", "levels", options.Scale.TransportSigmas.Count)
    {
        _method = method;
        _role = role;
        _images = images;
        _models = models;
        _options = options;
    }

    /// <summary>The levels measured so far.</summary>
    public IReadOnlyList<Transport> Results =>
        [.. _options.Scale.TransportSigmas.Select(sigma => Measurement.Find<Transport>(PathOf(sigma), Inputs(sigma))).OfType<Transport>()];

    public override Task RunAsync(Action<int> progress, CancellationToken cancellation) => NetworkThread.RunAsync(
        () =>
        {
            ReproductionScale scale = _options.Scale;
            TorchPurifier? purifier = null;
            LabeledImage[]? images = null;
            try
            {
                foreach ((int i, double sigma) in scale.TransportSigmas.Index())
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (Measurement.Find<Transport>(PathOf(sigma), Inputs(sigma)) is null)
                    {
                        purifier ??= _models.LoadPurifier(_method, _role, sigma);
                        images ??= [.. scale.TransportImages.Resolve(_images.Count).Select(_images.Read)];
                        var measured = Transport.Measure(
                            purifier, images, sigma, scale.TransportDraws, new NoiseSource(_options.Seed), assigned: scale.AssignedImages);
                        Measurement.Write(PathOf(sigma), Inputs(sigma), measured);
                    }

                    progress(i + 1);
                }
            }
            finally
            {
                purifier?.Dispose();
            }
        });

    private string PathOf(double sigma) => Path.Combine(
        _options.Folder, "measurements", string.Create(CultureInfo.InvariantCulture, $"transport-{_role}-{sigma}.json"));

    private string Inputs(double sigma)
    {
        string images = MetricImages.Of(_images, _options.Scale.TransportImages.Resolve(_images.Count)).Source;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{images}, {_models.Describe(_method, _role)} at sigma {sigma:R}, {_options.Scale.TransportDraws} draws of seed "
            + $"{_options.Seed}, {_options.Scale.AssignedImages} assigned");
    }
}
