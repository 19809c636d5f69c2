using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Metrics;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The Fréchet distance between clean and purified images of one purifier over the noise levels.</summary>
internal sealed record FrechetStep : ReproductionStep
{
    private const string Inception = "fid-inception";

    private readonly string _role;
    private readonly IImageSource _images;
    private readonly ReproductionModels _models;
    private readonly ReproductionOptions _options;
    private readonly Dictionary<double, FrechetDistance> _results = [];

    public FrechetStep(string role, IImageSource images, ReproductionModels models, ReproductionOptions options)
        : base($"Fréchet distance of {role}", "levels", options.Scale.Sigmas.Count)
    {
        _role = role;
        _images = images;
        _models = models;
        _options = options;
    }

    /// <summary>The distances by noise level, once run.</summary>
    public IReadOnlyDictionary<double, FrechetDistance> Results => _results;

    public override Task RunAsync(Action<int> progress, CancellationToken cancellation) => NetworkThread.RunAsync(
        () =>
        {
            IReadOnlyList<int> ids = _options.Scale.FrechetImages.Resolve(_images.Count);
            var statistics = new FrechetStatistics(Path.Combine(_options.Folder, "statistics"));
            using FeatureNetwork network = LoadNetwork();
            FeatureStatistics clean = statistics.Of(network, MetricImages.Of(_images, ids), Stop);
            using TorchPurifier purifier = _models.LoadPurifier("consistency", _role, _options.Scale.Sigmas[0]);
            foreach ((int i, double sigma) in _options.Scale.Sigmas.Index())
            {
                FeatureStatistics purified = statistics.Of(
                    network,
                    MetricImages.Purified(
                        _images, ids, purifier, _models.Describe("consistency", _role), sigma, new NoiseSource(_options.Seed)),
                    Stop);
                // The table says that the images are few; a refusal would leave its cells empty.
                _results[sigma] = FrechetDistance.Between(clean, purified, acceptFewImages: true);
                progress(i + 1);
            }

            void Stop(int read) => cancellation.ThrowIfCancellationRequested();
        });

    /// <summary>Why no distance can be measured, or null where one can.</summary>
    public static string? Missing(ReproductionOptions options) =>
        options.Scale.IsPublished
            ? FindInception(options) is null ? $"needs the published {Inception}: {ReproductionCommands.Get(Inception)}" : null
            : options.Weights.Find("classifier") is null ? options.Weights.Advice("classifier") : null;

    private static string? FindInception(ReproductionOptions options) => PublishedCheckpoints.Find(Inception)!.Find(options.Locations);

    /// <summary>Inception-v3 in the paper's protocol, else the bundled classifier.</summary>
    private FeatureNetwork LoadNetwork() =>
        _options.Scale.IsPublished
            ? MetricNetworks.LoadFeatures("inception", FindInception(_options)!, _options.Locations)
            : MetricNetworks.LoadFeatures("classifier", _options.Weights.Prepare("classifier"), _options.Locations);
}
