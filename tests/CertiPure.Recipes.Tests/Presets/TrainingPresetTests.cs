using CertiPure.Images;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Optimization;

namespace CertiPure.Recipes.Tests.Presets;

public sealed class TrainingPresetTests
{
    public TrainingPresetTests() => LibTorch.Load();

    [Fact]
    public void The_bundled_presets_are_those_of_the_project()
    {
        Assert.Equal(["cifar10-paper", "cifar10-small", "fashion-mnist", "imagenet64-paper", "large", "medium", "small"], TrainingPreset.Bundled);
    }

    [Fact]
    public void Every_training_of_every_bundled_preset_has_options_in_range()
    {
        foreach (string name in TrainingPreset.Bundled)
        {
            TrainingPreset preset = TrainingPreset.Load(name);
            Assert.NotEmpty(preset.Sections);
            foreach (string section in preset.Sections)
            {
                Assert.Contains(section, TrainingSession.Trainings);
                TrainingSession.ReadRecipe(preset, section, []).Trainer.Validate();
            }
        }
    }

    [Fact]
    public void A_change_reaches_its_option()
    {
        var recipe = TrainingPreset.Load("fashion-mnist").Recipe<EdmRecipe>(
            "edm", ["trainer.steps=12", "levels.maximum=2.5", "trainer.optimizer=rAdam", "trainer.emaDecays=[0.5]"]);
        Assert.Equal(12, recipe.Trainer.Steps);
        Assert.Equal(2.5, recipe.Levels.Maximum);
        Assert.Equal(OptimizerRule.RAdam, recipe.Trainer.Optimizer);
        Assert.Equal([0.5], recipe.Trainer.EmaDecays);
    }

    [Theory]
    [InlineData("trainer.stepz=12", "stepz")]
    [InlineData("trainer.steps=many", "steps")]
    [InlineData("trainr.steps=12", "trainr")]
    [InlineData("steps", "steps")]
    public void A_wrong_change_is_refused_by_its_name(string change, string named)
    {
        var error = Assert.Throws<CertiPureException>(
            () => TrainingPreset.Load("fashion-mnist").Recipe<EdmRecipe>("edm", [change]));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cifar10-paper", LpipsNetwork.Vgg)]
    [InlineData("imagenet64-paper", LpipsNetwork.Vgg)]
    [InlineData("cifar10-small", LpipsNetwork.Squeeze)]
    [InlineData("fashion-mnist", LpipsNetwork.Squeeze)]
    public void The_papers_presets_train_under_its_lpips_network_and_the_small_ones_under_the_fastest(string preset, LpipsNetwork network)
    {
        Assert.Equal(network, TrainingPreset.Load(preset).Recipe<FineTuningRecipe>("fine-tuning", []).LpipsNetwork);
        Assert.Equal(network, TrainingPreset.Load(preset).Recipe<ConsistencyRecipe>("consistency", []).LpipsNetwork);
    }

    [Theory]
    [InlineData("training", 2, 150)]
    [InlineData("improvedTraining", 10, 1280)]
    public void Each_way_of_consistency_training_has_its_papers_scales_until_others_are_set(string method, int first, int last)
    {
        ConsistencyRecipe Recipe(params string[] changes) =>
            TrainingPreset.Load("fashion-mnist").Recipe<ConsistencyRecipe>("consistency", [$"method={method}", .. changes]);
        Assert.Equal((first, last), (Recipe().FirstScales, Recipe().LastScales));
        Assert.Equal((3, 40), (Recipe("firstScales=3", "lastScales=40").FirstScales, Recipe("firstScales=3", "lastScales=40").LastScales));
        Assert.Contains($"\"lastScales\": {last}", TrainingPreset.Write(Recipe()), StringComparison.Ordinal);
    }

    // 1/32 is the least step that bf16 is trusted with; the Karras grids' steps are (1 - (1 - d/u)^7) at the top, u = 80^(1/7).
    [Theory]
    [InlineData(false, "method=ect", "q=4", "stageSteps=0")]
    [InlineData(true, "method=ect", "q=4", "stageSteps=1000")]
    [InlineData(false, "method=distillation", "scales=40")]
    [InlineData(true, "method=distillation", "scales=180")]
    [InlineData(false, "method=training")]
    [InlineData(true, "method=training", "lastScales=200")]
    [InlineData(true, "method=improvedTraining")]
    [InlineData(false, "method=improvedTraining", "lastScales=160")]
    public void Levels_that_bf16_cannot_tell_apart_are_refused_whatever_the_method(bool refused, params string[] changes)
    {
        using var data = TrainingData.Load(new ImageSet("black", "train", new ImageShape(1, 28, 28), new byte[784], [0], ["black", "white"]));
        var inputs = new TrainingInputs(data);
        ConsistencyRecipe Recipe(string precision) => TrainingPreset.Load("fashion-mnist").Recipe<ConsistencyRecipe>(
            "consistency", [.. changes, $"trainer.precision={precision}"]);

        // What is not refused for its rounding goes on to ask for weights to start from.
        string ends = Assert.Throws<CertiPureException>(() => Recipe("bf16").Prepare(inputs)).Message;
        Assert.Contains(refused ? "trainer.precision=fp32" : "starts from", ends, StringComparison.Ordinal);
        ends = Assert.Throws<CertiPureException>(() => Recipe("fp32").Prepare(inputs)).Message;
        Assert.Contains("starts from", ends, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_preset_is_refused_with_the_names_of_the_known()
    {
        var error = Assert.Throws<CertiPureException>(() => TrainingPreset.Load("fashion"));
        Assert.Contains("fashion-mnist", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public void A_recipe_written_with_all_options_reads_back_the_same()
    {
        var recipe = TrainingPreset.Load("fashion-mnist").Recipe<ConsistencyRecipe>("consistency", []);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"{{\"consistency\": {TrainingPreset.Write(recipe)}}}");
            var again = TrainingPreset.Load(path).Recipe<ConsistencyRecipe>("consistency", []);
            Assert.Equal(TrainingPreset.Write(recipe), TrainingPreset.Write(again));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
