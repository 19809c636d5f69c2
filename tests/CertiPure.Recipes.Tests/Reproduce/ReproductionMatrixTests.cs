using CertiPure.Recipes.Reproduce;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class ReproductionMatrixTests
{
    private static readonly ReproductionMatrix Small = new(ReproductionScale.Small, "cifar10", ["mine.onnx"]);

    [Fact]
    public void Every_method_of_the_paper_has_its_row()
    {
        Assert.Equal(
            [
                "no purifier", "onestep-DDPM", "onestep-EDM", "PF-ODE EDM", "Diffusion Calibration", "Consistency Purification",
                "+ Consistency Fine-tuning",
            ],
            Small.Main.Rows.Select(row => row.Name));
        Assert.Equal(["none", "l1", "l2", "LPIPS"], Small.Losses.Rows.Select(row => row.Name));
        Assert.Equal(
            ["Randomized Smoothing", "Consistency Regularization", "ACES", "+ Consistency Fine-tuning"],
            Small.WithoutDiffusion.Rows.Select(row => row.Name));
        Assert.Equal(5, Small.FineTuning.Rows.Count);
        Assert.Equal(4, Small.Transports.Count);
    }

    [Fact]
    public void A_run_that_several_tables_show_is_made_once()
    {
        string[] keys = [.. Small.Runs.Select(run => run.Key)];
        Assert.Equal(keys.Distinct(), keys);
        Assert.All(keys, key => Assert.Equal(-1, key.IndexOfAny([.. Path.GetInvalidFileNameChars(), '/', '\\'])));
        // The fine-tuned purifier is in three tables with the same runs.
        Assert.Same(
            Small.Runs.Single(run => run.Key == "consistency-lpips-0.5"),
            Small.Main.Rows[^1].Runs.Single(run => run.Sigma == 0.5));
        Assert.Equal(Small.Main.Rows[^1].Runs, Small.Losses.Rows[^1].Runs);
        Assert.Equal(Small.Main.Rows[^1].Runs, Small.WithoutDiffusion.Rows[^1].Runs);
    }

    [Fact]
    public void The_small_scale_takes_the_asked_numbers_and_pf_ode_fewer()
    {
        PlannedRun run = Small.Runs.Single(one => one.Key == "edm-0.25");
        Assert.Equal((100, 100, 500), (run.Images.Resolve(10_000).Count, run.SelectionDraws, run.EstimationDraws));
        PlannedRun ode = Small.Runs.Single(one => one.Key == "pf-ode-0.25");
        Assert.Equal((20, 100), (ode.Images.Resolve(10_000).Count, ode.EstimationDraws));
        Assert.Contains("n = 100", Small.Main.Rows[3].Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void The_paper_scale_is_the_papers_protocol()
    {
        var paper = new ReproductionMatrix(ReproductionScale.Paper, "cifar10");
        Assert.All(paper.Runs, run => Assert.Equal(
            (500, 100, 10_000), (run.Images.Resolve(10_000).Count, run.SelectionDraws, run.EstimationDraws)));
        Assert.Equal(Torch.Purifiers.NoiseLevelRule.Nearest, ReproductionScale.Paper.Level);
    }

    [Fact]
    public void Classifiers_of_one_noise_level_share_their_purified_batches()
    {
        PlannedRun[] grouped = [.. Small.Runs.Where(run => run.Group == "classifiers-0.5")];
        Assert.Equal(
            ["classifier", "resnet20-cifar10", "resnet56-cifar10", "mine.onnx"], grouped.Select(run => run.Classifier));
        Assert.Single(grouped.Select(run => (run.Purifier, run.PurifierWeights, run.Sigma, run.Images, run.EstimationDraws)).Distinct());
    }

    [Fact]
    public void Classifiers_that_the_data_or_the_user_lack_say_so()
    {
        var fashion = new ReproductionMatrix(ReproductionScale.Small, "fashion-mnist");
        Assert.Equal(
            ["the bundled classifier", "ResNet-20 (published)", "ResNet-56 (published)", "an ONNX file"],
            fashion.Classifiers.Rows.Select(row => row.Name));
        Assert.Contains("data get cifar10", fashion.Classifiers.Rows[1].Absence, StringComparison.Ordinal);
        Assert.Contains("--classifier", fashion.Classifiers.Rows[3].Absence, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_classifiers_of_one_file_name_are_refused() =>
        Assert.Throws<CertiPureException>(() => new ReproductionMatrix(ReproductionScale.Small, "cifar10", ["a/m.onnx", "b/m.onnx"]));

    [Fact]
    public void Only_the_small_scale_is_quick()
    {
        Assert.Same(ReproductionScale.Quick, ReproductionScale.Named("small", isQuick: true));
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => ReproductionScale.Named("paper", isQuick: true)).Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => ReproductionScale.Named("huge", isQuick: false)).Reason);
    }
}
