using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// The training throughput of the preset <c>cifar10-small</c> beside the plain fp32 run of the same network and loss: real steps
/// of the trainer on random images, in turn.
/// </summary>
internal static class TrainingBenchmark
{
    private const int StepsPerRound = 3;
    private const int StepsPerUnit = 10;
    private const int ChoosingSteps = 100;
    private const string Preset = "cifar10-small";
    private const string Plain = "trainer.precision=fp32";

    public static void Run(int repeats)
    {
        Console.WriteLine($"each repeat {StepsPerRound} steps");
        foreach (string training in (string[])["edm", "classifier", "smoothed-classifier"])
        {
            Compare(training, repeats);
        }
    }

    private static void Compare(string training, int repeats)
    {
        using TrainingData data = TrainingData.Load(RandomImages());
        using Started preset = Start(training, data, []), plain = Start(training, data, [Plain]);
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            Computation($"{Preset} {training}, plain fp32", plain),
            Computation($"{Preset} {training}, as the preset says", preset));
        Console.WriteLine($"{training} on {Machine.Processor}");
        foreach (Measurement time in times)
        {
            Console.WriteLine($"{time.Name,-52} {time.Rate,7:f0} images/s, spread {time.Spread:p0}");
        }

        Console.WriteLine($"{training}: {preset.Parameters:N0} parameters, preset / plain {times[1].FasterThan(times[0]):f2}");
    }

    private static Computation Computation(string name, Started started) => Alternation.Of(
        name, Alternation.Team, StepsPerRound * started.Images, started.Step);

    /// <summary>Trains as a process of its own that chooses its threads itself; a unit is a few steps after the choice.</summary>
    public static void Answer()
    {
        using TrainingData data = TrainingData.Load(RandomImages());
        using Started started = Start("edm", data, []);
        var threads = new TrainingThreads();
        WorkProcess.Answer(() =>
        {
            for (int i = 0; i < ChoosingSteps && !threads.HasChosen; i++)
            {
                threads.Run(started.Trainer.Step);
            }

            long begun = Stopwatch.GetTimestamp();
            for (int i = 0; i < StepsPerUnit; i++)
            {
                threads.Run(started.Trainer.Step);
            }

            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        });
    }

    private static Started Start(string training, TrainingData data, IReadOnlyList<string> changes)
    {
        TrainingRecipe recipe = TrainingSession.ReadRecipe(TrainingPreset.Load(Preset), training, changes);
        PreparedTraining prepared = recipe.Prepare(new TrainingInputs(data));
        prepared.Network.train();
        var run = new TrainingRun("unused", training, prepared.Parts);
        return new Started(
            prepared, new Trainer(prepared.Network, prepared.Loss, data, recipe.Trainer, run), recipe.Trainer.BatchSize);
    }

    private static ImageSet RandomImages()
    {
        const int Count = 512;
        var shape = new ImageShape(3, 32, 32);
        var pixels = new byte[Count * shape.Length];
        var labels = new int[Count];
        var random = new Random(1);
        random.NextBytes(pixels);
        for (int i = 0; i < Count; i++)
        {
            labels[i] = i % 10;
        }

        return new ImageSet("random", "train", shape, pixels, labels, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
    }

    private sealed record Started(PreparedTraining Prepared, Trainer Trainer, int Images) : IDisposable
    {
        public long Parameters => Trainer.ParameterCount;

        public void Step()
        {
            using IDisposable gradients = inference_mode(false);
            for (int i = 0; i < StepsPerRound; i++)
            {
                Trainer.Step();
            }
        }

        public void Dispose()
        {
            Trainer.Dispose();
            Prepared.Dispose();
        }
    }
}
