using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Demo;

/// <summary>
/// The whole story on real images: the same images and the same noise, certified without a purifier, with one-step EDM and
/// with Consistency Purification; a table, curves, and pictures of what each method makes of the same noise.
/// </summary>
public sealed class Demonstration
{
    private readonly IImageSource _images;
    private readonly string _folder;
    private readonly DemoOptions _options;
    private readonly DemoPictures _pictures;

    /// <summary>Prepares the demo.</summary>
    /// <param name="images">The test images.</param>
    /// <param name="folder">The folder for its runs and its report.</param>
    /// <param name="options">What is certified.</param>
    /// <exception cref="CertiPureException">The options cannot be, or the bundled models are missing.</exception>
    public Demonstration(IImageSource images, string folder, DemoOptions options)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        _images = images;
        _folder = folder;
        _options = options;
        ImageIds = options.Images.Resolve(images.Count);
        Plan = new FixedPlan(options.SelectionDraws, options.EstimationDraws, options.Alpha, options.Bound);
        Methods =
        [
            new DemoMethod("no purifier", "none", PurifierChoice.None),
            new DemoMethod("one-step EDM", "edm", new PurifierChoice("edm", options.Model)),
            new DemoMethod("Consistency Purification", "consistency", new PurifierChoice("consistency", options.Model)),
        ];
        _pictures = new DemoPictures(images, ImageIds, options);
    }

    /// <summary>The methods, in the order of the tables.</summary>
    public IReadOnlyList<DemoMethod> Methods { get; }

    /// <summary>The ids of the certified images.</summary>
    public IReadOnlyList<int> ImageIds { get; }

    /// <summary>The report's file.</summary>
    public string ReportPath => Path.Combine(_folder, "report.html");

    private FixedPlan Plan { get; }

    /// <summary>Loads a method's networks and opens its run, which may have begun another time.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <exception cref="CertiPureException">A model is missing, or the folder holds something else.</exception>
    public DemoRun Open(DemoMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        // In fp32 the faster engine for networks of this size.
        BaseModel model = ModelCatalog.Load(
            new ModelRequest(_options.Model, method.Purifier, _options.Sigma, _images.Shape) { Engine = Engine.Onnx }, _options.Models);
        try
        {
            CleanImageCheck? clean = model.Check(_images, ImageIds);
            Experiment experiment = model.Describe(_images, ImageIds, Plan, _options.Seed, NoiseKind.Normal);
            RunFolder run = RunFolder.Open(
                RunPath(method),
                model.Begin(experiment, Shard.Whole, _images, ComputeDevice.Processor, SeedChoice.Operator, clean?.Result),
                _options.Overwrite);
            return new DemoRun(method, model, run, _images);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Draws what a method makes of a few noisy images, the same noise for every method.</summary>
    /// <param name="run">The method's run.</param>
    public void Picture(DemoRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        NetworkThread.Run(() => _pictures.Add(run.Method, run.Model));
    }

    /// <summary>The finished runs, as reports see them.</summary>
    /// <exception cref="CertiPureException">A run has not begun.</exception>
    public IReadOnlyList<CertifiedRun> ReadRuns() =>
        [.. Methods.Select(method => CertifiedRun.Of(Run.Read(RunPath(method)), method.Name))];

    /// <summary>The table of a terminal: certified accuracy in percent, abstentions, speed.</summary>
    public ReportTable Summarize() => DemoReport.Summarize(ReadRuns());

    /// <summary>Writes the report from the finished runs.</summary>
    /// <exception cref="CertiPureException">A run has not begun, or the file cannot be written.</exception>
    public void WriteReport() => DemoReport.Write(
        ReportPath,
        ReadRuns(),
        [.. Methods.Select(method => (method.Name, Run.Read(RunPath(method)).Manifest))],
        _pictures,
        _options);

    private string RunPath(DemoMethod method) => Path.Combine(_folder, "runs", method.Key);
}
