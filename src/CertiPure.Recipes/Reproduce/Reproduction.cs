using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Reports;
using CertiPure.Results;

namespace CertiPure.Recipes.Reproduce;

/// <summary>
/// The paper's tables and figures on what is at hand: a matrix of runs and measurements that resumes where it stopped, and one
/// report of them all. What cannot be run for want of weights or data is named in its place.
/// </summary>
public sealed class Reproduction
{
    private readonly ReproductionModels _models;

    /// <summary>Prepares a reproduction.</summary>
    /// <param name="images">The test images.</param>
    /// <param name="options">What is reproduced, where, and on what.</param>
    /// <exception cref="CertiPureException">The selection of images does not fit them.</exception>
    public Reproduction(IImageSource images, ReproductionOptions options)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        Images = images;
        Options = options;
        Matrix = new ReproductionMatrix(options.Scale, images.Name, options.Classifiers);
        _models = new ReproductionModels(options, images.Shape);
        PlannedRun[] possible = [.. Matrix.Runs.Where(run => _models.Missing(run) is null)];
        Certifications =
        [
            .. possible.GroupBy(run => run.Group ?? run.Key)
                .Select(group => new CertificationStep([.. group], images, _models, options)),
        ];
        Transports =
        [
            .. Matrix.Transports.Where(transport => _models.Has(transport.Weights)).Select(transport =>
                (transport.Name, new TransportStep(transport.Purifier, transport.Weights, images, _models, options))),
        ];
        Frechets = FrechetStep.Missing(options) is null
            ? Matrix.Losses.Rows.Select(row => (row.Name, Role: row.Runs[0].PurifierWeights!)).Where(row => _models.Has(row.Role))
                .ToDictionary(row => row.Name, row => new FrechetStep(row.Role, images, _models, options))
            : [];
        Speed = new SpeedStep(options);
    }

    /// <summary>The runs as data.</summary>
    public ReproductionMatrix Matrix { get; }

    /// <summary>Everything that is done before the report, in order.</summary>
    public IReadOnlyList<ReproductionStep> Steps =>
        [.. Certifications, .. Transports.Select(transport => transport.Step), .. Frechets.Values, Speed];

    /// <summary>The report's file.</summary>
    public string ReportPath => Path.Combine(Options.Folder, "report.html");

    internal IImageSource Images { get; }

    internal ReproductionOptions Options { get; }

    internal ReproductionModels Models => _models;

    internal IReadOnlyList<CertificationStep> Certifications { get; }

    internal IReadOnlyList<(string Name, TransportStep Step)> Transports { get; }

    internal IReadOnlyDictionary<string, FrechetStep> Frechets { get; }

    internal SpeedStep Speed { get; }

    /// <summary>The data set and bundled model that the small scale runs on: CIFAR-10 where both are here, else Fashion-MNIST.</summary>
    /// <param name="locations">Where data are looked for.</param>
    /// <param name="models">The bundled models.</param>
    public static (string Data, string Model) Choose(DataLocations locations, BundledModels models)
    {
        ArgumentNullException.ThrowIfNull(locations);
        ArgumentNullException.ThrowIfNull(models);
        const string colour = "cifar10-small";
        IReadOnlyList<string> files = models.Files(colour);
        return files.Contains("classifier") && files.Contains("consistency") && DataSets.Named("cifar10").Find(locations) is not null
            ? ("cifar10", colour)
            : ("fashion-mnist", "fashion-mnist");
    }

    /// <summary>Writes the report, its tables, plots, pictures and manifests from what was run.</summary>
    /// <exception cref="CertiPureException">A run is damaged, or a file cannot be written.</exception>
    public void WriteReport()
    {
        try
        {
            new ReproductionReport(this).Write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The report cannot be written: {error.Message}", error);
        }
    }

    /// <summary>A planned run's results, or null where there are none.</summary>
    internal CertifiedRun? Find(PlannedRun run, string name)
    {
        string folder = CertificationStep.FolderOf(Options, run);
        return _models.Missing(run) is null && File.Exists(Path.Combine(folder, RunFolder.ManifestName))
            && Run.Read(folder) is { Certificates.Count: > 0 } known
            ? CertifiedRun.Of(known, name)
            : null;
    }
}
