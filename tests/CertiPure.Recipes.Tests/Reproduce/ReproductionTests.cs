using CertiPure.Onnx.Tests;
using CertiPure.Recipes.Reproduce;
using CertiPure.Results;

namespace CertiPure.Recipes.Tests.Reproduce;

/// <summary>The whole reproduction with untrained networks: every step of it, but no claim about accuracy.</summary>
public sealed class ReproductionTests : IDisposable
{
    private readonly SmallModels _models = new("edm", "consistency", "consistency-lpips");

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Every_row_of_the_paper_is_in_the_report_with_its_numbers_or_what_it_needs()
    {
        string other = _models.At("other.safetensors");
        SmallModels.SaveClassifier(other, 9);
        Reproduction reproduction = await CompleteAsync(_models.Options with { Classifiers = [other] });
        string page = File.ReadAllText(reproduction.ReportPath);
        Assert.All(
            reproduction.Matrix.Tables.SelectMany(table => table.Rows.Select(row => System.Net.WebUtility.HtmlEncode(row.Name))),
            name => Assert.Contains(name, page, StringComparison.Ordinal));
        string[] absent =
        [
            "ddpm", "calibrated", "consistency-l1", "consistency-l2", "classifier-finetuned", "joint-purifier", "smoothed-gaussian-0.5",
            "smoothed-consistency-0.5",
        ];
        Assert.All(absent, role => Assert.Contains($"needs {role}.safetensors in models/fashion-mnist", page, StringComparison.Ordinal));
        Assert.DoesNotContain("needs edm.safetensors", page, StringComparison.Ordinal);
        Assert.Contains("ImageNet-64", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", page, StringComparison.Ordinal);

        string main = File.ReadAllText(_models.At("out", "tables", "main.md"));
        Assert.Contains("| onestep-EDM ", main, StringComparison.Ordinal);
        Assert.Contains("absent: needs ddpm.safetensors", main, StringComparison.Ordinal);
        // PF-ODE's images are fewer than the others', so that it has no rival to be better than.
        string ode = File.ReadLines(_models.At("out", "tables", "main.md")).Single(line => line.StartsWith("| PF-ODE EDM ", StringComparison.Ordinal));
        Assert.DoesNotContain("**", ode, StringComparison.Ordinal);
        string frechet = File.ReadAllText(_models.At("out", "tables", "frechet.md"));
        Assert.Contains("CIFAR ResNet last layer", frechet, StringComparison.Ordinal);
        Assert.Contains("No FID", frechet, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_plots_pictures_and_manifests_stand_beside_the_page()
    {
        await CompleteAsync(_models.Options);
        string[] keys = ["main", "main-per-sigma", "without-diffusion", "losses", "frechet", "classifiers", "fine-tuning", "transport", "imagenet64"];
        Assert.All(keys, key => Assert.All(
            (string[])[".md", ".tex", ".csv", ".json"], extension => Assert.True(File.Exists(_models.At("out", "tables", key + extension)))));
        Assert.All((string[])["pareto-0.25", "pareto-0.5", "curves-0.5", "transport", "frechet"], key => Assert.All(
            (string[])[".png", ".svg", ".csv"], extension => Assert.True(File.Exists(_models.At("out", "plots", key + extension)))));
        Assert.All((string[])["pairs-0.5.png", "draws.png", "framework.png", "framework.svg"], file =>
            Assert.True(File.Exists(_models.At("out", "pictures", file))));
        string[] runs = [.. Directory.GetDirectories(_models.At("out", "runs")).Select(folder => Path.GetFileName(folder))];
        Assert.Equal(
            runs.Order(), Directory.GetFiles(_models.At("out", "manifests")).Select(file => Path.GetFileNameWithoutExtension(file)).Order());
        Assert.Equal(
            ["classifiers-classifier-0.5", "consistency-0.5", "consistency-lpips-0.5", "edm-0.5", "none-0.5", "pf-ode-0.5"], runs.Order());
        Assert.All(runs, run => Assert.True(Run.Read(_models.At("out", "runs", run)).IsComplete));
    }

    [Fact]
    public async Task Killed_and_started_again_it_repeats_no_finished_run()
    {
        using (var kill = new CancellationTokenSource())
        {
            var first = new Reproduction(SmallModels.Images(), _models.Options);
            await first.Steps[0].RunAsync(_ => { }, CancellationToken.None);
            // The second run is interrupted after its first certificate.
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Steps[1].RunAsync(
                done =>
                {
                    if (done == 1)
                    {
                        kill.Cancel();
                    }
                },
                kill.Token));
        }

        var before = Bytes();
        await CompleteAsync(_models.Options);
        Assert.Equal(2, before.Count);
        // Each line of before the kill is in the log to the letter, its seconds included.
        Assert.All(before, pair => Assert.All(
            pair.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line, File.ReadAllLines(pair.Key))));

        Dictionary<string, string> finished = Bytes();
        Dictionary<string, DateTime> measured = Measured();
        await CompleteAsync(_models.Options);
        Assert.Equal(finished, Bytes());
        Assert.Equal(measured, Measured());
        Assert.Equal(6, finished.Count);
    }

    [Fact]
    public async Task Classifiers_behind_one_purifier_get_the_certificates_of_runs_of_their_own()
    {
        string other = _models.At("other.safetensors");
        SmallModels.SaveClassifier(other, 9);
        Reproduction reproduction = await CompleteAsync(_models.Options with { Classifiers = [other] });
        var alone = Run.Read(_models.At("out", "runs", "consistency-lpips-0.5"));
        var grouped = Run.Read(_models.At("out", "runs", "classifiers-classifier-0.5"));
        Assert.Equal(alone.Manifest.Experiment.Weights, grouped.Manifest.Experiment.Weights);
        Assert.Equal(
            alone.Certificates.Select(one => (one.Id, one.Predicted, string.Join(',', one.Selection), one.Radius)),
            grouped.Certificates.Select(one => (one.Id, one.Predicted, string.Join(',', one.Selection), one.Radius)));
        Assert.True(Run.Read(_models.At("out", "runs", "classifiers-other.safetensors-0.5")).IsComplete);
        Assert.Contains(reproduction.Steps, step => step.Remark?.StartsWith("classifier: Without noise", StringComparison.Ordinal) == true);
        Assert.Contains("3 of 3 certificates have the same votes", File.ReadAllText(reproduction.ReportPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Smoothed_classifiers_are_certified_alone_and_routed_beside_the_plain_one()
    {
        SmallModels.SaveClassifier(Path.Combine(_models.Models, "smoothed-gaussian-0.5.safetensors"), 8);
        var reproduction = new Reproduction(SmallModels.Images(), _models.Options);
        foreach (ReproductionStep step in reproduction.Steps.Where(step => step.Title is "smoothed-gaussian-0.5" or "aces-0.5"))
        {
            await step.RunAsync(_ => { }, TestContext.Current.CancellationToken);
        }

        Assert.Equal("fixed", Run.Read(_models.At("out", "runs", "smoothed-gaussian-0.5")).Manifest.Experiment.Plan.Name);
        Run routed = Run.Read(_models.At("out", "runs", "aces-0.5"));
        Assert.True(routed.IsComplete);
        Assert.Equal("routed", routed.Manifest.Experiment.Plan.Name);
        Assert.Equal(["classifier", "core"], routed.Manifest.Experiment.Weights.Keys);
    }

    [Fact]
    public async Task Another_scale_in_the_same_folder_is_refused_with_the_difference()
    {
        var first = new Reproduction(SmallModels.Images(), _models.Options);
        await first.Steps[0].RunAsync(_ => { }, CancellationToken.None);
        var larger = new Reproduction(
            SmallModels.Images(), _models.Options with { Scale = SmallModels.Tiny with { EstimationDraws = 20 } });
        CertiPureException refusal = await Assert.ThrowsAsync<CertiPureException>(
            () => larger.Steps[0].RunAsync(_ => { }, CancellationToken.None));
        Assert.Equal(ErrorReason.OutputExists, refusal.Reason);
        Assert.Contains("n 12, not 20", refusal.Message, StringComparison.Ordinal);

        var replacing = new Reproduction(SmallModels.Images(), larger.Options with { Overwrite = true });
        await replacing.Steps[0].RunAsync(_ => { }, CancellationToken.None);
        string[] log = [.. Bytes().Values];
        Assert.Equal(20, Run.Read(_models.At("out", "runs", "none-0.5")).Manifest.Experiment.N);
        await new Reproduction(SmallModels.Images(), replacing.Options).Steps[0].RunAsync(_ => { }, CancellationToken.None);
        Assert.Equal(log, Bytes().Values);
    }

    [Fact]
    public void The_papers_protocol_measures_no_Frechet_distance_without_Inception()
    {
        var reproduction = new Reproduction(SmallModels.Images(), _models.Options with { Scale = SmallModels.Tiny with { IsPublished = true } });
        Assert.DoesNotContain(reproduction.Steps, step => step.Title.Contains("Fréchet", StringComparison.Ordinal));
        reproduction.WriteReport();
        Assert.Contains(
            "needs the published fid-inception: certipure data get fid-inception",
            File.ReadAllText(_models.At("out", "tables", "frechet.md")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_sum_of_the_estimate_leaves_out_what_could_not_be_timed()
    {
        ReproductionEstimate estimate = ReproductionEstimate.Measure(_models.Options, "fashion-mnist", 6, SmallModels.Images().Shape);
        ReproductionEstimateRow[] timed = [.. estimate.Rows.Where(row => row.Hours is not null)];
        Assert.InRange(timed.Length, 1, estimate.Rows.Count - 1);
        Assert.Equal(timed.Sum(row => row.ForwardPasses), estimate.ForwardPasses);
        Assert.Equal(timed.Sum(row => row.Draws), estimate.Draws);
    }

    [Fact]
    public void The_estimate_counts_every_draw_and_says_what_is_missing()
    {
        ReproductionEstimate estimate = ReproductionEstimate.Measure(
            _models.Options, "fashion-mnist", 6, SmallModels.Images().Shape);
        ReproductionEstimateRow edm = estimate.Rows.Single(row => row.Key == "edm-0.5");
        Assert.Equal((3L * 16, 3L * 16 * 2), (edm.Draws, edm.ForwardPasses));
        Assert.True(edm.Hours > 0);
        ReproductionEstimateRow ode = estimate.Rows.Single(row => row.Key == "pf-ode-0.5");
        Assert.Equal(16L * (15 + 1), ode.ForwardPasses);
        ReproductionEstimateRow ddpm = estimate.Rows.Single(row => row.Key == "ddpm-0.5");
        Assert.Null(ddpm.Hours);
        Assert.Contains("needs ddpm.safetensors", ddpm.Remark, StringComparison.Ordinal);
        Assert.Equal(estimate.Rows.Count + 1, estimate.ToTable().Rows.Count);
    }

    [Fact]
    public void The_estimate_times_a_classifier_whose_file_fixes_its_precision()
    {
        string onnx = _models.At("linear.onnx");
        OnnxModelFile.WriteLinear(onnx, [0, 1, 28, 28], new float[10, 784], new float[10]);
        ReproductionEstimate estimate = ReproductionEstimate.Measure(
            _models.Options with { Classifiers = [onnx], Precision = Precision.Bf16 }, "fashion-mnist", 6, SmallModels.Images().Shape);
        Assert.True(estimate.Rows.Single(row => row.Key == "classifiers-linear.onnx-0.5").Hours > 0);
    }

    private static async Task<Reproduction> CompleteAsync(ReproductionOptions options)
    {
        var reproduction = new Reproduction(SmallModels.Images(), options);
        foreach (ReproductionStep step in reproduction.Steps)
        {
            await step.RunAsync(_ => { }, TestContext.Current.CancellationToken);
        }

        reproduction.WriteReport();
        return reproduction;
    }

    private Dictionary<string, string> Bytes() => Directory
        .GetFiles(_models.At("out", "runs"), "certificates.jsonl", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllText);

    private Dictionary<string, DateTime> Measured() => ((string[])["measurements", "statistics"])
        .SelectMany(folder => Directory.GetFiles(_models.At("out", folder))).ToDictionary(file => file, File.GetLastWriteTimeUtc);
}
