using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using CertiPure.Torch.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

[Collection(nameof(AloneTests))]
public sealed class TrainerTests : IDisposable
{
    private static readonly TrainerOptions Options = new()
    {
        Seed = 5,
        Steps = 24,
        BatchSize = 8,
        LearningRate = 5e-3,
        WarmupSteps = 4,
        Decay = LearningRateDecay.Cosine,
        GradientClip = 1,
        EmaDecays = [0.9, 0.99],
        Augmentation = new Augmentation(Flip: true, Shift: 1),
        CheckpointSeconds = 0,
        LogSteps = 4,
    };

    private readonly int _threads = get_num_threads();
    private readonly TemporaryFolder _folder = new();

    public TrainerTests() => set_num_threads(1);

    public void Dispose()
    {
        set_num_threads(_threads);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(OptimizerRule.Adam, TrainingPrecision.Fp32, 1)]
    [InlineData(OptimizerRule.RAdam, TrainingPrecision.Fp32, 3)]
    [InlineData(OptimizerRule.RAdam, TrainingPrecision.Bf16, 1)]
    public void A_run_stopped_at_any_step_and_resumed_ends_in_the_same_weights(
        OptimizerRule rule, TrainingPrecision precision, int accumulation)
    {
        TrainerOptions options = Options with { Optimizer = rule, Precision = precision, Accumulation = accumulation };
        byte[] whole = Train(options, "whole", stopAfter: null);
        foreach (int stop in new[] { 1, 4, 15 })
        {
            string folder = $"stopped-{stop}";
            Assert.Throws<OperationCanceledException>(() => Train(options, folder, stop));
            Assert.Equal(whole, Train(options, folder, stopAfter: null, resume: true));
        }
    }

    [Fact]
    public void A_killed_run_goes_on_from_its_last_checkpoint_to_the_same_weights()
    {
        byte[] whole = Train(Options, "whole", stopAfter: null);

        // A kill between two checkpoints: steps were done that no checkpoint knows of, and a half-written file lies there.
        TrainerOptions rare = Options with { CheckpointSeconds = 1e9 };
        Assert.Throws<OperationCanceledException>(() => Train(rare, "killed", stopAfter: 6));
        using (var network = new TinyDenoiser())
        using (TrainingData data = TinyData.Create())
        using (var trainer = Create(network, data, rare, "killed"))
        {
            Assert.True(trainer.TryResume());
            trainer.Step();
            trainer.Step();
        }

        _folder.Write(Path.Combine("killed", ".state-0123.partial.safetensors"), [1, 2, 3]);
        Assert.Equal(whole, Train(rare, "killed", stopAfter: null, resume: true));
        Assert.Empty(Directory.GetFiles(_folder["killed"], "*.partial*"));
    }

    [Fact]
    public void A_classifier_resumes_with_its_batch_statistics()
    {
        byte[] whole = TrainClassifier("whole", stopAfter: null);
        Assert.Throws<OperationCanceledException>(() => TrainClassifier("stopped", stopAfter: 3));
        Assert.Equal(whole, TrainClassifier("stopped", stopAfter: null));
    }

    [Fact]
    public void A_loss_whose_target_follows_the_network_resumes_with_that_target()
    {
        byte[] whole = TrainConsistency("whole", stopAfter: null);
        foreach (int stop in new[] { 1, 7, 15 })
        {
            Assert.Throws<OperationCanceledException>(() => TrainConsistency($"stopped-{stop}", stop));
            Assert.Equal(whole, TrainConsistency($"stopped-{stop}", stopAfter: null));
        }
    }

    [Fact]
    public void The_statistics_of_a_resumed_run_have_every_line_once()
    {
        Train(Options, "whole", stopAfter: null);
        Assert.Throws<OperationCanceledException>(() => Train(Options, "stopped", stopAfter: 8));
        File.AppendAllText(Path.Combine(_folder["stopped"], "stats.jsonl"), "{\"step\":12,\"loss\":9}\n{\"step\":1");
        Train(Options, "stopped", stopAfter: null, resume: true);
        Assert.Equal(Losses("whole"), Losses("stopped"));
        Assert.Equal([4, 8, 12, 16, 20, 24], Losses("stopped").Select(line => line.Step));
    }

    [Fact]
    public void Another_seed_gives_other_weights()
    {
        Assert.NotEqual(Train(Options, "a", null), Train(Options with { Seed = 6 }, "b", null));
    }

    [Fact]
    public void Training_lowers_the_loss_on_images_it_has_not_drawn_noise_for()
    {
        using var network = new TinyDenoiser(dropoutProbability: 0);
        using TrainingData data = TinyData.Create();
        var loss = new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1));
        double before = Evaluate(loss, data);
        using var trainer = new Trainer(network, loss, data, Options with { Steps = 150 }, Run("falling"));
        trainer.Train(cancellation: TestContext.Current.CancellationToken);
        Assert.True(Evaluate(loss, data) < 0.6 * before);
    }

    [Fact]
    public void Measuring_the_loss_on_images_held_out_does_not_change_the_training()
    {
        byte[] without = Train(Options, "without", stopAfter: null);
        byte[] with = TrainHeldOut(Options with { LogSteps = 1 }, "with", stopAfter: null);
        Assert.Equal(without, with);
        double[] losses = HeldOutLosses("with");
        Assert.Equal(3, losses.Length);
        Assert.True(losses[^1] < losses[0]);
    }

    [Fact]
    public void The_weights_with_the_smallest_loss_on_images_held_out_are_kept_also_by_a_resumed_run()
    {
        // A learning rate that is much too high: the best weights are not the last.
        TrainerOptions options = Options with { LogSteps = 1, Steps = 40, LearningRate = 0.5, Decay = LearningRateDecay.Constant, EmaDecays = [] };
        TrainHeldOut(options, "whole", stopAfter: null);
        double[] losses = HeldOutLosses("whole");
        Assert.NotEqual(losses.Length - 1, Array.IndexOf(losses, losses.Min()));
        using var network = new TinyDenoiser();
        using TrainingData heldOut = TinyData.Create();
        string best = Path.Combine(_folder["whole"], "best-weights.safetensors");
        using (Checkpoint kept = SafeTensors.Read(best))
        {
            CheckpointLoader.Load(network, kept);
        }

        var measured = new HeldOutLoss(network, new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1)), heldOut, options, CPU);
        Assert.Equal(losses.Min(), measured.Measure([], 0).Loss, 0.02 * losses.Min());

        Assert.Throws<OperationCanceledException>(() => TrainHeldOut(options, "stopped", stopAfter: 21));
        TrainHeldOut(options, "stopped", stopAfter: null);
        Assert.Equal(losses, HeldOutLosses("stopped"));
        Assert.Equal(File.ReadAllBytes(best), File.ReadAllBytes(Path.Combine(_folder["stopped"], "best-weights.safetensors")));
    }

    [Fact]
    public void A_poisoned_image_stops_the_run_names_the_step_and_keeps_the_last_good_checkpoint()
    {
        // Which step meets image 7 follows from the seed.
        var order = new DataOrder(Options.Seed, TinyData.Count);
        int bad = Enumerable.Range(1, 4).First(step => order.Ids(step * Options.BatchSize, Options.BatchSize).Contains(7)
            && !order.Ids(0, step * Options.BatchSize).Contains(7));
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Poisoned(7);
        using var trainer = Create(network, data, Options, "poisoned");
        var error = Assert.Throws<CertiPureException>(() => trainer.Train(cancellation: TestContext.Current.CancellationToken));
        Assert.Contains($"step {bad + 1} ", error.Message, StringComparison.Ordinal);
        Assert.Contains("loss is not a finite number", error.Message, StringComparison.Ordinal);
        Assert.All(network.parameters(), parameter => Assert.True(parameter.isfinite().all().item<bool>()));
        using Checkpoint state = SafeTensors.Read(Path.Combine(_folder["poisoned"], "state.safetensors"));
        Assert.Equal($"{bad}", state.Metadata["step"]);
        Assert.All(state.Tensors, tensor => Assert.All(tensor.ToSingles(), value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_stops_the_run_and_leaves_the_one_before()
    {
        Assert.Throws<OperationCanceledException>(() => Train(Options, "full", stopAfter: 5));
        string state = Path.Combine(_folder["full"], "state.safetensors");
        byte[] before = File.ReadAllBytes(state);

        // A directory in the way of the weights file fails like a full disk: after the state was begun.
        string weights = Path.Combine(_folder["full"], "weights.safetensors");
        File.Delete(weights);
        Directory.CreateDirectory(Path.Combine(weights, "in-the-way"));
        var error = Assert.Throws<CertiPureException>(() => Train(Options, "full", stopAfter: null, resume: true));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(state));
    }

    [Fact]
    public void A_run_is_not_resumed_under_other_options()
    {
        Assert.Throws<OperationCanceledException>(() => Train(Options, "run", stopAfter: 2));
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Create();
        using var trainer = new Trainer(
            network, new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1)), data, Options, Run("run") with { Description = "other" });
        var error = Assert.Throws<CertiPureException>(() => trainer.TryResume());
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("then tiny, now other", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_is_the_first_moving_average()
    {
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Create();
        using var trainer = Create(network, data, Options with { EmaDecays = [0.5] }, "ema");
        Dictionary<string, Tensor> expected = Snapshot(network);
        for (int step = 1; step <= 4; step++)
        {
            trainer.Step();
            double decay = Math.Min(0.5, (1.0 + step) / (10.0 + step));
            foreach ((string name, Tensor weight) in Snapshot(network))
            {
                expected[name] = (decay * expected[name]) + ((1 - decay) * weight);
            }
        }

        using Checkpoint result = trainer.Result();
        foreach ((string name, Tensor average) in expected)
        {
            Assert.True(CheckpointLoader.ToTensor(result[name]).allclose(average, 1e-5, 1e-7), name);
        }
    }

    [Theory]
    [InlineData("steps", 0L)]
    [InlineData("warmupSteps", 25L)]
    public void Options_out_of_range_are_refused_by_name(string name, long value)
    {
        TrainerOptions options = name == "steps" ? Options with { Steps = value } : Options with { WarmupSteps = value };
        var error = Assert.Throws<CertiPureException>(options.Validate);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public void The_learning_rate_warms_up_and_decays_to_nothing()
    {
        TrainerOptions options = Options with { Steps = 104, LearningRate = 1 };
        Assert.Equal(0.25, options.LearningRateAt(0), 12);
        Assert.Equal(1, options.LearningRateAt(4), 12);
        Assert.Equal(0.5, options.LearningRateAt(54), 12);
        Assert.Equal(0, options.LearningRateAt(104), 12);
        Assert.Equal(0.25, (options with { Decay = LearningRateDecay.Linear }).LearningRateAt(79), 12);
        Assert.Equal(1, (options with { Decay = LearningRateDecay.Constant }).LearningRateAt(79), 12);
    }

    private static Dictionary<string, Tensor> Snapshot(nn.Module network) =>
        network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());

    private static double Evaluate(EdmLoss loss, TrainingData data)
    {
        using var noGradient = no_grad();
        using var random = new TrainingRandom(99, 0, 0);
        TrainingBatch all = data.Batch(
            [.. Enumerable.Range(0, TinyData.Count).Select(i => (long)i)], new Augmentation(), random, CPU);
        return loss.PerImage(all, new TrainingStep(0, 1, random)).mean().item<float>();
    }

    private (long Step, double Loss)[] Losses(string folder) =>
    [
        .. File.ReadLines(Path.Combine(_folder[folder], "stats.jsonl")).Select(line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return (document.RootElement.GetProperty("step").GetInt64(), document.RootElement.GetProperty("loss").GetDouble());
        }),
    ];

    private TrainingRun Run(string folder) => new(_folder[folder], "tiny", new TrainedPart(new Dictionary<string, string>()));

    private Trainer Create(TinyDenoiser network, TrainingData data, TrainerOptions options, string folder) =>
        new(network, new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1)), data, options, Run(folder));

    private byte[] Train(TrainerOptions options, string folder, int? stopAfter, bool resume = false)
    {
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Create();
        using var cancellation = new CancellationTokenSource();
        var counted = new StopAfter(new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1)), stopAfter, cancellation);
        using var trainer = new Trainer(network, counted, data, options, Run(folder));
        Assert.Equal(resume, trainer.TryResume());
        trainer.Train(cancellation: cancellation.Token);
        using Checkpoint result = trainer.Result();
        return [.. result.Tensors.SelectMany(tensor => tensor.ToBytes())];
    }

    private double[] HeldOutLosses(string folder) =>
    [
        .. File.ReadLines(Path.Combine(_folder[folder], "stats.jsonl")).Select(line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("heldOutLoss", out JsonElement loss) ? loss.GetDouble() : double.NaN;
        }).Where(double.IsFinite),
    ];

    private byte[] TrainHeldOut(TrainerOptions options, string folder, int? stopAfter)
    {
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Create(), heldOut = TinyData.Create();
        using var cancellation = new CancellationTokenSource();
        var counted = new StopAfter(new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1)), stopAfter, cancellation);
        using var trainer = new Trainer(network, counted, data, options, Run(folder), heldOut);
        trainer.TryResume();
        trainer.Train(cancellation: cancellation.Token);
        using Checkpoint result = trainer.Result();
        return [.. result.Tensors.SelectMany(tensor => tensor.ToBytes())];
    }

    private byte[] TrainClassifier(string folder, int? stopAfter)
    {
        using var network = new CifarResNet(new CifarResNetOptions { Depth = 8, Channels = 1, Width = 4, ClassCount = 2 });
        FreshWeights.Draw(network, Options.Seed);
        using TrainingData data = TinyData.Create();
        using var cancellation = new CancellationTokenSource();
        var counted = new StopAfter(new ClassificationLoss(network.call, labelSmoothing: 0.1), stopAfter, cancellation);
        using var trainer = new Trainer(network, counted, data, Options with { Steps = 6 }, Run(folder));
        trainer.TryResume();
        trainer.Train(cancellation: cancellation.Token);
        using Checkpoint result = trainer.Result();
        return [.. result.Tensors.SelectMany(tensor => tensor.ToBytes())];
    }

    private byte[] TrainConsistency(string folder, int? stopAfter)
    {
        using TinyDenoiser student = new(), target = new();
        using TrainingData data = TinyData.Create();
        using var cancellation = new CancellationTokenSource();
        var loss = new ConsistencyTraining(
            student.Denoise, target.Denoise, new TargetNetwork(student, target), ImageDistance.L2, lastScales: 8);
        var counted = new StopAfter(loss, stopAfter, cancellation);
        using var trainer = new Trainer(student, counted, data, Options, Run(folder));
        trainer.TryResume();
        trainer.Train(cancellation: cancellation.Token);
        using Checkpoint result = trainer.Result();
        return [.. result.Tensors.SelectMany(tensor => tensor.ToBytes())];
    }

    /// <summary>Cancels the run after a number of steps.</summary>
    private sealed class StopAfter(TrainingLoss loss, int? stop, CancellationTokenSource cancellation) : TrainingLoss
    {
        public override IReadOnlyDictionary<string, Tensor> State => loss.State;

        public override Tensor PerImage(TrainingBatch batch, TrainingStep current) => loss.PerImage(batch, current);

        public override void AfterStep(long stepsDone, long steps)
        {
            loss.AfterStep(stepsDone, steps);
            if (stepsDone == stop)
            {
                cancellation.Cancel();
            }
        }
    }
}
