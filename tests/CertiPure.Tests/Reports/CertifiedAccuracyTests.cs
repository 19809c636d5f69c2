using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Tests.Results;
using MathNet.Numerics.Distributions;

namespace CertiPure.Tests.Reports;

public sealed class CertifiedAccuracyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Graphs_of_different_sigma_are_one_method_and_two_graphs_of_one_sigma_are_not()
    {
        CertifiedAccuracy[] runs = [WithGraph("joint-0.25", 0.25, "aa"), WithGraph("joint-0.5", 0.5, "bb")];
        Assert.Equal("joint", Assert.Single(CertifiedAccuracyTable.BestOverSigma(runs).Rows)[0].Text);
        runs = [WithGraph("first", 0.5, "aa"), WithGraph("second", 0.5, "bb")];
        Assert.Equal(["first", "second"], CertifiedAccuracyTable.BestOverSigma(runs).Rows.Select(row => row[0].Text));

        static CertifiedAccuracy WithGraph(string name, double sigma, string graph)
        {
            Experiment experiment = Samples.Experiment() with { Sigma = sigma, Engine = new EngineIdentity(Engine.Onnx) { GraphSha256 = graph } };
            return CertifiedAccuracy.Of(
                new CertifiedRun(name, Samples.Manifest(experiment), [new CertifiedImage(0, 1, 1, 0.4, 300, 1)], null, false), [0, 0.25]);
        }
    }

    [Fact]
    public void A_published_log_gives_its_published_certified_accuracies()
    {
        string log = Path.Combine(
            PublishedLogs(), "hadisalman-smoothing-adversarial/cohen/resnet110/noise_0.25/test/sigma_0.25");

        var summary = CertifiedAccuracy.Of(CertifiedRun.Read(log), [0, 0.25, 0.5, 0.75]);

        Assert.Equal([0.7665, 0.6116, 0.4225, 0.2506], summary.Cells.Select(cell => cell.Accuracy.Value));
        Assert.Equal(10_000, summary.Run.Images.Count);
    }

    [Fact]
    public void The_best_over_sigma_of_published_logs_are_the_numbers_the_literature_quotes()
    {
        string logs = PublishedLogs();
        string[] sigmas = ["0.25", "0.50", "1.00"];
        var cohen = sigmas.Select(s => Read($"locuslab-smoothing/cifar10/resnet110/noise_{s}/test/sigma_{s}"));
        var consistency = sigmas.Select(s => Read($"jh-jeong-consistency/cifar_resnet110-lbd_10.0-noise_{s}"));

        ReportTable table = CertifiedAccuracyTable.BestOverRuns(
            [("Cohen et al. 2019", [.. cohen]), ("Consistency Regularization", [.. consistency])]);

        Assert.Equal(["60.0", "42.8", "32.0", "23.4"], Numbers(table.Rows[0]));
        Assert.Equal(["68.8", "57.4", "43.8", "36.2"], Numbers(table.Rows[1]));

        CertifiedAccuracy Read(string log) =>
            CertifiedAccuracy.Of(CertifiedRun.Read(Path.Combine(logs, log)), [0.25, 0.5, 0.75, 1.0]);

        static IEnumerable<string> Numbers(IEnumerable<ReportCell> row) => row.Skip(1).Select(cell => cell.Text.Split(' ')[0]);
    }

    [Fact]
    public void Every_published_log_is_read()
    {
        string logs = PublishedLogs();
        Assert.All(
            Directory.EnumerateFiles(logs, "*", SearchOption.AllDirectories),
            log => Assert.InRange(CertifiedAccuracy.Of(CertifiedRun.Read(log)).Cells[0].Accuracy.Value, 0.001, 0.95));
    }

    [Fact]
    public void An_abstention_and_a_wrong_class_count_as_wrong_at_every_radius_and_in_the_mean()
    {
        var summary = CertifiedAccuracy.Of(Run(
            new CertifiedImage(0, 1, 1, 0.6, 110, 2),
            new CertifiedImage(1, 1, 2, 0.9, 110, 4),
            new CertifiedImage(2, 1, null, 0, 110, 3),
            new CertifiedImage(3, 1, 1, 0.2, 110, 3)));

        Assert.Equal([2, 1, 1, 0, 0], summary.Cells.Select(cell => cell.Accuracy.Count));
        Assert.Equal(0.25, summary.Abstention.Value);
        Assert.Equal(0.2, summary.AverageRadius, 12);
        Assert.Equal(110, summary.DrawsPerImage);
        Assert.Equal(3, summary.SecondsPerImage);
    }

    [Fact]
    public void The_interval_of_a_cell_is_Clopper_Pearson_s()
    {
        for (int count = 0; count <= 40; count++)
        {
            var share = new Proportion(count, 40);
            double lower = count == 0 ? 0 : Beta.InvCDF(count, 41 - count, 0.025);
            double upper = count == 40 ? 1 : Beta.InvCDF(count + 1, 40 - count, 0.975);

            Assert.Equal(lower, share.Lower, 1e-8);
            Assert.Equal(upper, share.Upper, 1e-8);
        }
    }

    [Fact]
    public void Rows_exactly_on_a_printed_radius_are_counted_and_named()
    {
        string log = _folder["log.tsv"];
        File.WriteAllText(
            log,
            "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
            + "0\t1\t1\t0.5\t1\t1.0\n"
            + "1\t1\t1\t0.501\t1\t1.0\n"
            + "2\t1\t2\t0.5\t0\t1.0\n"
            + "3\t1\t1\t0.499\t1\t1.0\n"
            + "4\t1\t1\t0.25\t1\t1.0\n");

        var summary = CertifiedAccuracy.Of(CertifiedRun.Read(log));

        Assert.Equal(2, summary.Cells[2].Accuracy.Count);
        Assert.Equal([0], summary.Cells[2].OnRadius);
        Assert.Equal([4], summary.Cells[1].OnRadius);
        Assert.Empty(summary.Cells[0].OnRadius);
        Assert.Contains(
            CertifiedAccuracyTable.Of([summary]).Notes,
            note => note.StartsWith(
                "log.tsv: 1 of the 2 images counted at 0.5 have exactly that radius as printed", StringComparison.Ordinal));
    }

    [Fact]
    public void Radii_that_follow_from_counts_are_never_called_doubtful()
    {
        var summary = CertifiedAccuracy.Of(Run(new CertifiedImage(0, 1, 1, 0.5, 110, 2)));

        Assert.All(summary.Cells, cell => Assert.Empty(cell.OnRadius));
    }

    [Fact]
    public void An_exported_run_reports_no_more_than_the_run()
    {
        string folder = _folder["run"];
        using (RunFolder run = RunFolder.Open(folder, Samples.Experiment(), Shard.Whole, Samples.Environment()))
        {
            foreach (int id in run.Pending)
            {
                run.Append(Samples.Certificate(id));
            }

            run.Finish();
        }

        string log = _folder["log.tsv"];
        using (var writer = new StreamWriter(log))
        {
            CohenLog.Write(Run_(folder).Certificates, writer);
        }

        double[] radii = [.. Enumerable.Range(0, 60).Select(i => i * 0.01)];
        var exact = CertifiedAccuracy.Of(CertifiedRun.Read(folder), radii);
        var printed = CertifiedAccuracy.Of(CertifiedRun.Read(log), radii);

        Assert.All(exact.Cells.Zip(printed.Cells), pair => Assert.True(pair.Second.Accuracy.Count <= pair.First.Accuracy.Count));
        Assert.Equal(exact.Cells[0].Accuracy.Count, printed.Cells[0].Accuracy.Count);

        static CertiPure.Results.Run Run_(string path) => CertiPure.Results.Run.Read(path);
    }

    [Fact]
    public void A_run_without_certificates_or_labels_has_no_accuracy()
    {
        Assert.Throws<CertiPureException>(() => CertifiedAccuracy.Of(Run()));
        Assert.Contains(
            "Image 4",
            Assert.Throws<CertiPureException>(() => CertifiedAccuracy.Of(Run(new CertifiedImage(4, null, 1, 1, 1, 1)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_with_nothing_there_is_one_sentence()
    {
        Assert.Contains(
            _folder["nothing"],
            Assert.Throws<CertiPureException>(() => CertifiedRun.Read(_folder["nothing"])).Message,
            StringComparison.Ordinal);
    }

    private static string PublishedLogs()
    {
        string? data = Environment.GetEnvironmentVariable("CERTIPURE_DATA");
        Assert.SkipWhen(data is null, "CERTIPURE_DATA is not set, and the published logs lie there.");
        return Path.Combine(data!, "certify-logs");
    }

    private static CertifiedRun Run(params CertifiedImage[] images) => new("run", null, images, null, HasPrintedRadii: false);
}
