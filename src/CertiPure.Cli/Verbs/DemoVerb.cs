using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Demo;
using CertiPure.Reports;

namespace CertiPure.Cli.Verbs;

/// <summary><c>demo</c>: the whole story on real images in minutes.</summary>
internal sealed class DemoVerb : Verb
{
    private readonly Option<string> _directory = DataOptions.Directory();

    private readonly Option<string> _images = new("--images")
    {
        Description = "Which test images.",
        HelpName = "SELECTION",
        DefaultValueFactory = _ => "every:100",
    };

    private readonly Option<int> _n = SmoothingOptions.Draws(new DemoOptions().EstimationDraws);

    private readonly Option<string> _bound = SmoothingOptions.Bound();

    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "The folder for the runs and the report; an interrupted demo in it goes on.",
        HelpName = "PATH",
        DefaultValueFactory = _ => "demo",
    };

    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public DemoVerb(Terminal terminal)
        : base(
            "demo",
            "Certifies real images with and without purification and writes a report, in minutes on two cores.",
            "certipure demo",
            terminal)
    {
        Add(_directory);
        Add(_images);
        Add(_n);
        Add(_bound);
        Add(_out);
        Add(_overwrite);
        Add(_json);
    }

    /// <inheritdoc/>
    public override string AfterInterruption(ParseResult parse) => GoesOn(parse.GetValue(_overwrite));

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var options = new DemoOptions
        {
            Images = ImageSelection.Parse(parse.GetRequiredValue(_images)),
            EstimationDraws = parse.GetValue(_n),
            Bound = SmoothingOptions.ReadBound(parse.GetRequiredValue(_bound)),
            Overwrite = parse.GetValue(_overwrite),
        };
        IImageSource images = await DataSets
            .OpenAsync(
                "fashion-mnist", new PictureOptions { Split = "test" }, DataLocations.Of(parse.GetValue(_directory)), Terminal.WriteNote, cancellation)
            .ConfigureAwait(false);
        var demo = new Demonstration(images, parse.GetRequiredValue(_out), options);
        Terminal.WriteNote(
            $"Certifying {demo.ImageIds.Count} test images of {images.Name} in {demo.Methods.Count} ways with the same noise.");
        foreach (DemoMethod method in demo.Methods)
        {
            using DemoRun run = demo.Open(method);
            await Terminal
                .TrackAsync(method.Name, "images", run.Done, run.Total, async progress =>
                {
                    await run.CompleteAsync(() => progress.Report(run.Done), cancellation).ConfigureAwait(false);
                    return true;
                })
                .ConfigureAwait(false);
            demo.Picture(run);
        }

        demo.WriteReport();
        ITableExporter exporter = TableExporters.Named(parse.GetValue(_json) ? "json" : "markdown");
        exporter.Write(demo.Summarize(), Terminal.Output);
        Terminal.WriteNote($"The report is {Path.GetFullPath(demo.ReportPath)}.");
        return ExitCode.Success;
    }
}
