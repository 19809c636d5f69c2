using System.CommandLine;
using System.CommandLine.Parsing;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Metrics;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Options;

/// <summary>Which sets of images a metric compares: data sets, folders, files, and the purified images of run folders.</summary>
internal sealed class MetricsOptions
{
    private readonly DataOptions _data = new(required: false);
    private readonly ModelOptions _model = new(ModelUse.Purifier);

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        _data.AddTo(verb);
        _model.AddTo(verb);
    }

    /// <summary>Sigmas joined by commas.</summary>
    public static Option<IReadOnlyList<double>> Sigmas() => new("--sigma")
    {
        Description = "Noise levels in pixel space, joined by commas.",
        HelpName = "S,S,...",
        CustomParser = ParseSigmas,
    };

    /// <summary>Whether a word names a run folder.</summary>
    public static bool IsRun(string reference) => File.Exists(Path.Combine(reference, RunFolder.ManifestName));

    /// <summary>Where data and downloaded weights are.</summary>
    public DataLocations Locations(ParseResult parse) => _data.Locations(parse);

    /// <summary>The images that a word names, as they are.</summary>
    public async Task<MetricImages> OpenAsync(
        ParseResult parse, string reference, Terminal terminal, CancellationToken cancellation)
    {
        IImageSource images = await _data.OpenAsync(parse, reference, terminal, cancellation).ConfigureAwait(false);
        return MetricImages.Of(images, _data.Select(parse, images));
    }

    /// <summary>The clean images of a run.</summary>
    public async Task<(Experiment Experiment, IImageSource Images)> OpenRunAsync(
        ParseResult parse, string folder, Terminal terminal, CancellationToken cancellation)
    {
        Experiment experiment = Run.Read(folder).Manifest.Experiment;
        return (experiment, await _data.OpenAsync(parse, experiment, terminal, cancellation).ConfigureAwait(false));
    }

    /// <summary>What a run's purifier makes of its images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="experiment">The run's experiment.</param>
    /// <param name="images">The run's images.</param>
    /// <param name="purifier">The run's purifier.</param>
    public MetricImages Purified(ParseResult parse, Experiment experiment, IImageSource images, IPurifier? purifier) => MetricImages.Purified(
        images,
        experiment.Images,
        purifier,
        MetricImages.Describe(experiment, _model.PurifierPrecision(parse, experiment)),
        experiment.Sigma,
        new NoiseSource(experiment.Seed, experiment.Noise));

    /// <summary>The images of <c>--data</c>, which must be given.</summary>
    public async Task<(IImageSource Images, IReadOnlyList<int> Ids)> OpenDataAsync(
        ParseResult parse, Terminal terminal, CancellationToken cancellation)
    {
        if (!_data.IsGiven(parse))
        {
            throw new CertiPureException("metrics transport needs a run folder, or --data, --purifier and --sigma.", ErrorReason.InvalidArgument);
        }

        IImageSource images = await _data.OpenAsync(parse, terminal, cancellation).ConfigureAwait(false);
        return (images, _data.Select(parse, images));
    }

    /// <summary>The purifier that <c>--purifier</c> names.</summary>
    public IPurifier? LoadPurifier(ParseResult parse, double sigma, ImageShape shape) =>
        ModelCatalog.LoadPurifier(_model.Read(parse, sigma, shape));

    /// <summary>A run's purifier: the file that <c>--purifier</c> names, or the bundled one with the run's hash.</summary>
    public IPurifier? LoadPurifier(ParseResult parse, Experiment experiment) =>
        ModelCatalog.LoadPurifier(_model.ReadPurifier(parse, experiment));

    private static IReadOnlyList<double>? ParseSigmas(ArgumentResult argument) => NumberList.Parse(
        argument,
        sigma => sigma > 0,
        text => $"--sigma holds '{text}', which is not a noise level; write numbers above 0, such as 0.25,0.5");
}
