using CertiPure.Images;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Tests.Presets;

/// <summary>
/// The paper's own presets are too long to run here, but every section of them starts: it estimates its hours, and ten steps on one
/// batch, its noise and noise levels included, lower the loss of that batch. Batch size and learning rate are those of ten steps on a
/// small machine; network, loss, precision and optimizer are the preset's. Distillation's target does not move meanwhile: where it
/// follows the student, both sides of the loss move, and on so few steps it says nothing about learning. The networks of ImageNet-64
/// take 13 GB of memory.
/// </summary>
public sealed class PaperPresetTests : IDisposable
{
    private const int Steps = 10;
    private static readonly string? DataFolder = Environment.GetEnvironmentVariable("CERTIPURE_DATA");

    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-paper-").FullName;

    public PaperPresetTests() => LibTorch.Load();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [Trait("group", "long")]
    [InlineData("cifar10-paper", 32, 2)]
    [InlineData("imagenet64-paper", 64, 1)]
    public void Every_section_of_a_paper_preset_estimates_its_hours_and_learns(string preset, int side, int batch)
    {
        foreach (string section in TrainingPreset.Load(preset).Sections)
        {
            Estimates(preset, section, side);
            Learns(preset, section, side, batch);
        }
    }

    private static string[] Short(int batch) =>
    [
        $"trainer.steps={Steps}",
        $"trainer.batchSize={batch}",
        "trainer.accumulation=1",
        "trainer.warmupSteps=0",
        "trainer.learningRate=0.0002",
        "trainer.augmentation.flip=false",
    ];

    /// <summary>VGG-16's half a gigabyte gives way to SqueezeNet; where its weights are not here either, LPIPS gives way to l2.</summary>
    private static string[] Distance(string section) => section is "consistency" or "fine-tuning"
        ? [DataFolder is null ? "distance=l2" : "lpipsNetwork=squeeze"]
        : [];

    private static string[] Target(string section) => section == "consistency" ? ["targetDecay=0.999999"] : [];

    private static ImageSet Images(int side, int count)
    {
        var shape = new ImageShape(3, side, side);
        var pixels = new byte[count * shape.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (100 * Math.Sin(i / 40.0)));
        }

        return new ImageSet("waves", "train", shape, pixels, new int[count], ["wave", "other"]);
    }

    private TrainingInputs Inputs(TrainingData data, string section) => new(data)
    {
        StartPath = section switch
        {
            "consistency" => Path.Combine(_folder, "edm"),
            "fine-tuning" => Path.Combine(_folder, "consistency"),
            _ => null,
        },
        LpipsBackbonePath = Lpips("squeezenet1_1_from_ncnn_fp16.pth"),
        LpipsHeadsPath = Lpips("lin_squeeze.pth"),
    };

    private static string? Lpips(string file) => DataFolder is null ? null : Path.Combine(DataFolder, "lpips", file);

    private void Estimates(string preset, string section, int side)
    {
        using TrainingData data = TrainingData.Load(Images(side, 2));
        TrainingInputs inputs = Inputs(data, section);
        using var session = new TrainingSession(new TrainingRequest
        {
            Training = section,
            Preset = preset,
            Data = Images(side, 2),
            OutputPath = Path.Combine(_folder, "never-written"),
            StartPath = inputs.StartPath,
            LpipsBackbonePath = inputs.LpipsBackbonePath,
            LpipsHeadsPath = inputs.LpipsHeadsPath,
            Changes = Distance(section),
        });
        TrainingEstimate estimate = session.Estimate();
        Assert.True(estimate.Hours > 1);
        Assert.True(estimate.Parameters > 10_000_000);
    }

    private void Learns(string preset, string section, int side, int batch)
    {
        using TrainingData data = TrainingData.Load(Images(side, batch));
        var source = TrainingPreset.Load(preset);
        TrainingRecipe recipe = TrainingSession.ReadRecipe(source, section, [.. Short(batch), .. Distance(section), .. Target(section)]);
        using PreparedTraining prepared = recipe.Prepare(Inputs(data, section));
        using var trainer = new Trainer(
            prepared.Network, new SameDraws(prepared.Loss), data, recipe.Trainer, new TrainingRun(_folder, section, prepared.Parts));
        double before = Loss(prepared, data, batch);
        for (int step = 0; step < Steps; step++)
        {
            trainer.Step();
        }

        double after = Loss(prepared, data, batch);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{preset} {section}: {before:G5} before, {after:G5} after"));
        Assert.True(after < before, FormattableString.Invariant($"{preset} {section}: {before:G5} before, {after:G5} after."));
        using Checkpoint result = trainer.Result();
        SafeTensors.Write(Path.Combine(_folder, section), result, ElementType.Float16);
    }

    private static double Loss(PreparedTraining prepared, TrainingData data, int batch)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var random = new TrainingRandom(7, 0, 0);
        TrainingBatch images = data.Batch([.. Enumerable.Range(0, batch).Select(id => (long)id)], new Augmentation(), random, CPU);
        prepared.Network.eval();
        double loss = new SameDraws(prepared.Loss).PerImage(images, new TrainingStep(0, Steps, random)).mean().item<float>();
        prepared.Network.train();
        return loss;
    }

    /// <summary>A loss whose noise and noise levels are the same in every step, so that only learning changes it.</summary>
    private sealed class SameDraws(TrainingLoss loss) : TrainingLoss
    {
        public override IReadOnlyDictionary<string, Tensor> State => loss.State;

        public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
        {
            using var random = new TrainingRandom(7, 0, 0);
            return loss.PerImage(batch, new TrainingStep(0, current.Steps, random));
        }

        public override void AfterStep(long stepsDone, long steps) => loss.AfterStep(stepsDone, steps);
    }
}
