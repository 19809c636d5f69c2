using System.Globalization;
using CertiPure.Imaging;
using CertiPure.Reports;
using CertiPure.Results;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The report: one page that needs nothing else, and beside it every table, plot, picture and manifest as files of their own.</summary>
internal sealed class ReproductionReport
{
    private static readonly double[] ParetoRadii = [0.25, 0.5];

    private readonly Reproduction _reproduction;
    private readonly ReproductionTables _tables;
    private readonly MeasurementTables _measurements;
    private readonly ReproductionScale _scale;
    private readonly HtmlReport _page;

    public ReproductionReport(Reproduction reproduction)
    {
        _reproduction = reproduction;
        _tables = new ReproductionTables(reproduction);
        _measurements = new MeasurementTables(reproduction, _tables);
        _scale = reproduction.Options.Scale;
        _page = new HtmlReport("Consistency Purification, reproduced", Lead());
    }

    private string Folder => _reproduction.Options.Folder;

    public void Write()
    {
        foreach (string folder in (string[])["tables", "plots", "pictures", "manifests"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, folder));
        }

        var pictures = new ReproductionPictures(_reproduction);
        AddSummary();
        AddFramework(pictures);
        AddMain();
        AddPareto();
        AddCurves();
        AddTable("Against methods without diffusion", _reproduction.Matrix.WithoutDiffusion);
        AddLosses();
        AddClassifiers();
        AddTable("Fine-tuning the purifier, the classifier, or both", _reproduction.Matrix.FineTuning);
        AddTransport();
        AddPictures(pictures);
        AddManifests();
        _page.Save(_reproduction.ReportPath);
    }

    private string Lead()
    {
        ReproductionScale scale = _scale;
        string rough = scale.IsRough ? " These are the quick numbers: few images and draws, good for the order of things and not for more." : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Every table and figure of the paper on {_reproduction.Images.Name} with the weights of {_reproduction.Options.WeightsName}, at the "
            + $"scale \u201c{scale.Name}\u201d: {scale.Images.Resolve(_reproduction.Images.Count).Count} test images, {scale.SelectionDraws} + "
            + $"{scale.EstimationDraws} draws each, the same noise for every method, networks in {Choice.Word(_reproduction.Models.Precision)}, alpha "
            + $"{ReproductionOptions.Alpha}.{rough}");
    }

    private void AddSummary()
    {
        const double radius = 0.5;
        int index = CertifiedAccuracy.DefaultRadii.ToList().IndexOf(radius);
        (string Number, string Meaning)[] figures =
        [
            // PF-ODE's fewer images and draws would not bear the comparison.
            .. _reproduction.Matrix.Main.Rows.Where(row => row.Runs[0].EstimationDraws == _scale.EstimationDraws)
                .Select(row => (row.Name, Runs: _tables.Summaries(row))).Where(row => row.Runs.Count > 0)
                .Select(row => (
                    string.Create(CultureInfo.InvariantCulture, $"{100 * row.Runs.Max(run => run.Cells[index].Accuracy.Value):0} %"),
                    string.Create(CultureInfo.InvariantCulture, $"certified at radius {radius}, {Plain(row.Name)}"))),
        ];
        if (figures.Length > 0)
        {
            _page.AddKeyFigures(figures);
        }

        _page.AddText(
            "A table's row that could not be run says what it needs. Nothing here was read from published results: every number "
            + "follows from the run folders beside this page.");
    }

    private void AddFramework(ReproductionPictures pictures)
    {
        _page.AddSection("The method in one picture");
        if (pictures.Framework() is not { } figure)
        {
            _page.AddText("Absent: no purified run at sigma 0.5 has finished.");
            return;
        }

        File.WriteAllBytes(At("pictures", "framework.png"), figure.ToPng());
        File.WriteAllText(At("pictures", "framework.svg"), figure.ToSvg());
        _page.AddFigure(figure, "Drawn from one certificate of this report.");
    }

    private void AddMain()
    {
        MatrixTable main = _reproduction.Matrix.Main;
        _page.AddSection("All methods").AddText("The paper's claim: " + main.Claim);
        Add(_tables.BestOverSigma(main));
        Add(_tables.PerSigma(main));
        foreach ((string first, string second) in ((string, string)[])
            [("+ Consistency Fine-tuning", "onestep-EDM"), ("+ Consistency Fine-tuning", "Consistency Purification")])
        {
            AddComparison(Row(main, first), Row(main, second));
        }

        Add(_measurements.Speed());
    }

    private void AddPareto()
    {
        _page.AddSection("Accuracy against cost").AddText(string.Create(
            CultureInfo.InvariantCulture,
            $"For each method the run of the \u03c3 that certifies most at the radius. Seconds are those of {_scale.SelectionDraws} + "
            + $"{_scale.EstimationDraws} draws; where a method was run with fewer, in proportion."));
        int draws = _scale.SelectionDraws + _scale.EstimationDraws;
        var shorter = new HashSet<string>();
        foreach (double radius in ParetoRadii)
        {
            int index = CertifiedAccuracy.DefaultRadii.ToList().IndexOf(radius);
            CertifiedAccuracy[] methods =
            [
                .. _reproduction.Matrix.Main.Rows.Select(_tables.Summaries).Where(runs => runs.Count > 0)
                    .Select(runs => runs.MaxBy(run => run.Cells[index].Accuracy.Value)!)
                    .Select(run => run with { SecondsPerImage = ReproductionTables.SecondsPerCertificate(run, draws) }),
            ];
            if (methods.Length > 0)
            {
                Add(new ParetoPlot(methods, radius));
                shorter.UnionWith(methods.Where(run => run.Run.Experiment!.N != _scale.EstimationDraws).Select(run =>
                    $"{run.Run.Name} was certified on {run.Run.Images.Count} images with n = {run.Run.Experiment!.N}, with which large radii are "
                    + "out of reach; its accuracy is not to be compared with the others'."));
            }
        }

        foreach (string sentence in shorter)
        {
            _page.AddText(sentence);
        }
    }

    private void AddCurves()
    {
        _page.AddSection("Certified accuracy against radius").AddText(
            "Bands are pointwise 95 % Clopper-Pearson intervals over the images.");
        MatrixTable main = _reproduction.Matrix.Main;
        foreach (double sigma in _scale.Sigmas)
        {
            CertifiedRun[] runs =
            [
                .. ((string[])["+ Consistency Fine-tuning", "Consistency Purification", "onestep-EDM", "onestep-DDPM"])
                    .Select(name => Row(main, name))
                    .Select(row => _reproduction.Find(RunAt(row, sigma), row.Name)).OfType<CertifiedRun>(),
            ];
            if (runs.Length > 0)
            {
                Add(new CurvePlot(
                    runs,
                    string.Create(CultureInfo.InvariantCulture, $"Certified accuracy at \u03c3 = {sigma}"),
                    string.Create(CultureInfo.InvariantCulture, $"curves-{sigma}")));
            }
        }
    }

    private void AddTable(string heading, MatrixTable table)
    {
        _page.AddSection(heading).AddText("The paper's claim: " + table.Claim);
        Add(_tables.BestOverSigma(table));
        Add(_tables.PerSigma(table));
    }

    private void AddLosses()
    {
        AddTable("The loss of fine-tuning", _reproduction.Matrix.Losses);
        Add(_measurements.Frechet());
        if (_measurements.FrechetPlot() is { } plot)
        {
            Add(plot);
        }
    }

    private void AddClassifiers()
    {
        MatrixTable table = _reproduction.Matrix.Classifiers;
        AddTable("Other classifiers behind the same purifier", table);
        int shared = table.Rows.Count(row => _tables.Summaries(row).Count > 0);
        _page.AddText(shared > 1
            ? $"{shared} classifiers received each purified batch; their times are those of all of them together."
            : "Where more classifiers are at hand, each purified batch feeds them all.");
        foreach (double sigma in _scale.ClassifierSigmas)
        {
            AddAgreement(table.Rows[0].Runs.Single(run => run.Sigma == sigma), sigma);
        }
    }

    /// <summary>The bundled classifier was certified twice, alone and in the group: the same certificates are a check of both.</summary>
    private void AddAgreement(PlannedRun grouped, double sigma)
    {
        PlannedRun alone = Row(_reproduction.Matrix.Main, "+ Consistency Fine-tuning").Runs.Single(run => run.Sigma == sigma);
        if (_reproduction.Find(grouped, "group") is null || _reproduction.Find(alone, "alone") is null)
        {
            return;
        }

        var first = Run.Read(CertificationStep.FolderOf(_reproduction.Options, grouped));
        var second = Run.Read(CertificationStep.FolderOf(_reproduction.Options, alone));
        int same = first.Certificates.Join(second.Certificates, one => one.Id, other => other.Id, (one, other) =>
            one.Predicted == other.Predicted && one.Selection.SequenceEqual(other.Selection) && one.Looks.Zip(other.Looks).All(looks => looks.First.Agrees(looks.Second))).Count(isSame => isSame);
        _page.AddText(string.Create(
            CultureInfo.InvariantCulture,
            $"At \u03c3 = {sigma} the bundled classifier was certified both alone and here: {same} of {first.Certificates.Count} "
            + $"certificates have the same votes."));
    }

    private void AddTransport()
    {
        _page.AddSection("Transport").AddText(
            "The paper argues that a purifier certifies more where it carries images less far from their clean originals.");
        Add(_measurements.Transports());
        if (_measurements.TransportPlot() is { } plot)
        {
            Add(plot);
        }
    }

    private void AddPictures(ReproductionPictures pictures)
    {
        _page.AddSection("Purified images");
        foreach (double sigma in _scale.Sigmas)
        {
            Add(
                pictures.Pairs(sigma),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"\u03c3 = {sigma}: each column is one image under one draw of noise, the same for every method. Borders show whether the "
                    + $"classifier is right."),
                string.Create(CultureInfo.InvariantCulture, $"pairs-{sigma}"));
        }

        Add(
            pictures.Draws(),
            "One image under eight draws of noise at \u03c3 = 0.5: a method that keeps the meaning gives the same class in every column.",
            "draws");
    }

    private void AddManifests()
    {
        _page.AddSection("What was run").AddText(
            "A run is determined by its experiment: repeating it gives the same votes. Verification derives each bound and radius again.");
        foreach (PlannedRun planned in _reproduction.Matrix.Runs.Where(run => _reproduction.Find(run, run.Key) is not null))
        {
            RunManifest manifest = Run.Read(CertificationStep.FolderOf(_reproduction.Options, planned)).Manifest;
            manifest.Write(At("manifests", planned.Key + ".json"));
            _page.AddManifest(planned.Key, manifest);
        }
    }

    /// <summary>Two methods image by image, at the radii that either certifies.</summary>
    private void AddComparison(MatrixRow first, MatrixRow second)
    {
        var rows = new List<IReadOnlyList<ReportCell>>();
        ReportTable? layout = null;
        foreach (double sigma in _scale.Sigmas)
        {
            if (_reproduction.Find(RunAt(first, sigma), Plain(first.Name)) is { } one
                && _reproduction.Find(RunAt(second, sigma), Plain(second.Name)) is { } other)
            {
                var comparison = RunComparison.Of(one, other);
                layout = comparison.ToTable();
                rows.AddRange(layout.Rows.Zip(comparison.Radii)
                    .Where(pair => pair.Second.FirstShare > 0 || pair.Second.SecondShare > 0)
                    .Select(pair => (IReadOnlyList<ReportCell>)[ReportCell.Number(sigma, "0.00##"), .. pair.First]));
            }
        }

        if (layout is not null)
        {
            Add(layout with
            {
                Key = $"comparison-{first.Runs[0].PurifierWeights}-{second.Runs[0].PurifierWeights}",
                Columns = [new ReportColumn("sigma", "\u03c3", IsNumeric: false), .. layout.Columns],
                Rows = rows,
            });
        }
    }

    private static PlannedRun RunAt(MatrixRow row, double sigma) => row.Runs.Single(run => run.Sigma == sigma);

    private static string Plain(string name) => name.TrimStart('+', ' ');

    private static MatrixRow Row(MatrixTable table, string name) => table.Rows.Single(row => row.Name == name);

    private string At(string folder, string file) => Path.Combine(Folder, folder, file);

    private void Add(ReportTable table)
    {
        _page.AddTable(table);
        foreach (ITableExporter exporter in TableExporters.All)
        {
            using var writer = new StreamWriter(At("tables", table.Key + exporter.Extension));
            exporter.Write(table, writer);
        }
    }

    private void Add(ReportPlot plot)
    {
        _page.AddPlot(plot);
        plot.Save(Path.Combine(Folder, "plots"));
    }

    private void Add(ImageGrid grid, string caption, string key)
    {
        _page.AddGrid(grid, caption);
        File.WriteAllBytes(At("pictures", key + ".png"), grid.ToPng());
    }
}
