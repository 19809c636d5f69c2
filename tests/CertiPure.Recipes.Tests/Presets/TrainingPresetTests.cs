using CertiPure.Recipes.Presets;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Optimization;

namespace CertiPure.Recipes.Tests.Presets;

public sealed class TrainingPresetTests
{
    [Fact]
    public void The_bundled_presets_are_the_four_of_the_project()
    {
        Assert.Equal(["cifar10-paper", "cifar10-small", "fashion-mnist", "imagenet64-paper"], TrainingPreset.Bundled);
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
        Assert.Equal(ExitCode.Usage, error.ExitCode);
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

    [Fact]
    public void An_unknown_preset_is_refused_with_the_names_of_the_known()
    {
        var error = Assert.Throws<CertiPureException>(() => TrainingPreset.Load("fashion"));
        Assert.Contains("fashion-mnist", error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, error.ExitCode);
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
