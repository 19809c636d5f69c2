using System.CommandLine;
using System.Globalization;
using System.Text;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Reports;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>report</c>: certified accuracy of run folders and published logs, as a table, a plot or a page.</summary>
internal sealed class ReportVerb : Verb
{
    private const string Both = "both";

    private static readonly string[] Formats =
        [.. TableExporters.All.Select(exporter => exporter.Format), "html", "png", "svg"];

    private readonly Argument<string[]> _runs = new("RUN|TSV")
    {
        Description = "Run folders, or logs in the field's tab-separated format.",
        Arity = ArgumentArity.OneOrMore,
    };

    private const int ShownImages = 40;
    private const int Columns = 8;

    private readonly Option<IReadOnlyList<double>> _radii = RadiiOption.Create();
    private readonly DataOptions _data = new(required: false);

    private readonly Option<string?> _bound = new("--bound")
    {
        Description = "Derive bounds and radii from the votes by top or margin, whichever the runs were certified by; both: each run under both, "
            + "which --compare sets against one another.",
    };

    private readonly Option<bool> _classes = new("--classes")
    {
        Description = "Add certified accuracy per class and the most frequent confusions of each run.",
    };

    private readonly Option<bool> _compare = new("--compare")
    {
        Description = "Compare the first with each of the others image by image.",
    };

    private readonly Option<bool> _best = new("--best")
    {
        Description = "One row per method: at each radius the best of its runs over sigma.",
    };

    private readonly Option<bool> _withoutCosts = new("--without-costs")
    {
        Description = "Leave out network calls, draws and times.",
    };

    private readonly Option<string?> _trainingHours = new("--training-hours")
    {
        Description = "A table 'run,method,hours': show the accuracy at the one radius of --radii against the hours of training.",
        HelpName = "FILE",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = "The report's format: a table, a page (html), or the curves (png, svg).",
        DefaultValueFactory = _ => "markdown",
    };

    private readonly Option<string> _out = OutputOptions.Out("The file to write; the standard output if absent.", required: false);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();

    /// <summary>Defines the verb.</summary>
    public ReportVerb(Terminal terminal)
        : base(
            "report",
            "Reports the certified accuracy of runs, with intervals and costs.",
            "certipure report runs/none runs/consistency --compare",
            terminal)
    {
        _format.AcceptOnlyFromAmong(Formats);
        _bound.AcceptOnlyFromAmong("top", "margin", Both);
        Add(_runs);
        _data.AddTo(this, hasSelection: false);
        Add(_radii);
        Add(_bound);
        Add(_classes);
        Add(_compare);
        Add(_best);
        Add(_withoutCosts);
        Add(_trainingHours);
        Add(_format);
        Add(_out);
        Add(_overwrite);
    }

    /// <summary>Reports runs over images without labels: no accuracy, but what was certified of each.</summary>
    private async Task<ExitCode> ReportImages(
        ParseResult parse, CertifiedRun[] runs, IReadOnlyList<double> radii, CancellationToken cancellation)
    {
        string format = parse.GetRequiredValue(_format);
        if (parse.GetValue(_compare) || parse.GetValue(_best) || parse.GetValue(_trainingHours) is not null || format is "png" or "svg")
        {
            throw new CertiPureException(
                "Accuracy curves and comparisons need the true classes, and these images have no labels; report them as a table or as html.",
                ErrorReason.InvalidArgument);
        }

        double radius = radii.Where(one => one > 0).DefaultIfEmpty(0.25).Min();
        string[] sentences = [.. runs.Select(run => (runs.Length > 1 ? run.Name + ": " : "") + CertifiedImages.Sentence(run, radius))];
        ReportTable[] tables = [.. runs.SelectMany(run => (ReportTable[])[CertifiedImages.Radii(run, radii), CertifiedImages.Table(run)])];
        using var writer = new StringWriter();
        if (format == "html")
        {
            var page = new HtmlReport("Certified images", string.Join(" ", sentences));
            foreach (CertifiedRun run in runs)
            {
                page.AddSection(run.Name).AddTable(CertifiedImages.Radii(run, radii));
                if (_data.IsGiven(parse) && run.Experiment is { } experiment)
                {
                    page.AddGrid(
                        Thumbnails(run, await _data.OpenAsync(parse, experiment, Terminal, cancellation).ConfigureAwait(false)),
                        "The first images, with class and radius.");
                }

                page.AddTable(CertifiedImages.Table(run));
                if (run.Manifest is not null)
                {
                    page.AddManifest(run.Name, run.Manifest);
                }
            }

            page.Write(writer);
        }
        else
        {
            if (format == "markdown")
            {
                writer.Write(string.Join("\n", sentences) + "\n\n");
            }

            TableExporters.Named(format).Write(tables, writer);
        }

        Deliver(parse, Encoding.UTF8.GetBytes(writer.ToString()));
        return ExitCode.Success;
    }

    private static ImageGrid Thumbnails(CertifiedRun run, IImageSource images)
    {
        IReadOnlyList<string> names = run.Manifest?.ClassNames ?? [];
        GridTile[] tiles =
        [
            .. run.Images.Take(ShownImages).Select(image => GridTile.Of(
                images.Read(image.Id),
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(image.Predicted is { } known ? known < names.Count ? names[known] : $"{known}" : "no answer")} {Math.Floor(image.Radius * 100) / 100:0.00}"))),
        ];
        return new ImageGrid([.. tiles.Chunk(Columns).Select(row => new GridRow("", row))]);
    }

    private void Deliver(ParseResult parse, byte[] content)
    {
        if (parse.GetValue(_out) is { } path)
        {
            OutputFile.Write(path, parse.GetValue(_overwrite), temporary => File.WriteAllBytes(temporary, content));
        }
        else
        {
            Terminal.Output.Write(Encoding.UTF8.GetString(content));
        }
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string? bound = parse.GetValue(_bound);
        CertifiedRun[] runs = Read(parse.GetRequiredValue(_runs), bound);
        IReadOnlyList<double> radii = parse.GetRequiredValue(_radii);
        if (parse.GetValue(_compare) && runs.Length < 2)
        {
            throw new CertiPureException("--compare needs two runs or more; name another one.", ErrorReason.InvalidArgument);
        }

        if (runs.Any(run => run.Images.Count > 0 && run.Images.Any(image => image.Label is null)))
        {
            return ReportImages(parse, runs, radii, cancellation);
        }

        CertifiedAccuracy[] summaries = [.. runs.Select(run => CertifiedAccuracy.Of(run, radii))];
        ReportPlot plot = parse.GetValue(_trainingHours) is { } hours ? AgainstHours(summaries, hours, radii) : new CurvePlot(runs);
        ReportTable[] tables =
        [
            parse.GetValue(_best)
                ? CertifiedAccuracyTable.BestOverSigma(summaries)
                : CertifiedAccuracyTable.Of(summaries, withCosts: !parse.GetValue(_withoutCosts)),
            .. parse.GetValue(_compare) ? Comparisons(runs, radii, isPaired: bound == Both) : [],
            .. parse.GetValue(_classes)
                ? runs.SelectMany(run => new[] { ClassTables.Accuracy(run, radii), ClassTables.Confusions(run) }.OfType<ReportTable>())
                : [],
            .. plot is TrainingHoursPlot ? (ReportTable[])[plot.ToTable()] : [],
        ];
        string format = parse.GetRequiredValue(_format);
        if (parse.GetValue(_out) is null && format == "png")
        {
            throw new CertiPureException("A picture needs a file; name it with --out.", ErrorReason.InvalidArgument);
        }

        Deliver(parse, Render(format, plot, runs, tables));
        return Task.FromResult(ExitCode.Success);
    }

    private static IEnumerable<ReportTable> Comparisons(CertifiedRun[] runs, IReadOnlyList<double> radii, bool isPaired) => isPaired
        ? runs.Chunk(2).Select(pair => RunComparison.Of(pair[1], pair[0], radii).ToTable())
        : runs.Skip(1).Select(other => RunComparison.Of(runs[0], other, radii).ToTable());

    private static TrainingHoursPlot AgainstHours(CertifiedAccuracy[] summaries, string path, IReadOnlyList<double> radii) =>
        radii.Count == 1
            ? new TrainingHoursPlot(summaries, TrainingHours.Read(path), radii[0])
            : throw new CertiPureException("--training-hours shows one radius; name it with --radii.", ErrorReason.InvalidArgument);

    private static byte[] Render(string format, ReportPlot plot, CertifiedRun[] runs, ReportTable[] tables)
    {
        switch (format)
        {
            case "png":
                return plot.ToPng();
            case "svg":
                return Encoding.UTF8.GetBytes(plot.ToSvg());
            default:
                using (var writer = new StringWriter())
                {
                    if (format == "html")
                    {
                        Page(plot, runs, tables).Write(writer);
                    }
                    else
                    {
                        TableExporters.Named(format).Write(tables, writer);
                    }

                    return Encoding.UTF8.GetBytes(writer.ToString());
                }
        }
    }

    private static HtmlReport Page(ReportPlot plot, CertifiedRun[] runs, ReportTable[] tables)
    {
        var page = new HtmlReport("Certified accuracy", string.Join(" ", runs.Select(run => $"{run.Name}: {CertifiedImages.Sentence(run, 0.25)}")));
        page.AddSection("Plot").AddPlot(plot);
        if (runs.Any(VoteSharePlot.IsKnown))
        {
            page.AddPlot(new VoteSharePlot(runs)).AddText(VoteSharePlot.Note);
        }

        page.AddSection("Tables");
        foreach (ReportTable table in tables)
        {
            page.AddTable(table);
        }

        return page;
    }

    /// <summary>Runs are called by their folder's name, or, where two share it, by the path as given.</summary>
    private static CertifiedRun[] Read(string[] paths, string? bound)
    {
        if (bound == Both)
        {
            return
            [
                .. Read(paths, null).Zip(paths).SelectMany(run => new[] { BoundKind.Top, BoundKind.Margin }.Select(kind =>
                    CertifiedRun.Read(run.Second, $"{run.First.Name}, {(kind == BoundKind.Top ? "top" : "margin")}", kind))),
            ];
        }

        CertifiedRun[] runs =
            [.. paths.Select(path => CertifiedRun.Read(path, null, bound is null ? null : SmoothingOptions.ReadBound(bound)))];
        return runs.DistinctBy(run => run.Name).Count() == runs.Length
            ? runs
            : [.. runs.Zip(paths, (run, path) => run with { Name = path })];
    }
}
