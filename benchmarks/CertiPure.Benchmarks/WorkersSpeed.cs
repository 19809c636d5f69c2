using System.Globalization;
using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// The same base classifiers called by one worker, by one for each processor and by two for each, and by one team of threads as PyTorch
/// spreads an operation: with the short wait that this program sets, and with OpenMP's own.
/// </summary>
internal static class WorkersSpeed
{
    /// <summary>What libgomp does where nobody says otherwise: 3 ms.</summary>
    private static readonly (string Name, string Value) OpenMpsOwnWait = ("GOMP_SPINCOUNT", "300000");

    /// <summary>The networks of this part.</summary>
    private static readonly string[] Names = ["fashion-mnist", "cifar10-small", "ddpmpp"];

    public static void Measure(int repeats)
    {
        foreach (string name in Names)
        {
            Measure(name, repeats);
        }
    }

    /// <summary>Measures one network.</summary>
    /// <returns>How many times as fast workers are as the team of before, and how many times as fast as one worker.</returns>
    public static (double OverTeam, double OverOne) Measure(string name, int repeats)
    {
        WorkerPlan workers = Alternation.Workers, twice = workers with { Workers = 2 * workers.Workers };
        using var before = new WorkProcess(["work", "forward", name], OpenMpsOwnWait);
        (IDisposable owner, double images, Action run) = Open(name);
        using (owner)
        {
            IReadOnlyList<Measurement> times = Alternation.Measure(
                repeats,
                Alternation.Of("1 worker", Alternation.One, images, run),
                Alternation.Of($"{workers.Workers} workers", workers, images, run),
                Alternation.Of($"{twice.Workers} workers", twice, images, run),
                Alternation.Of($"1 team of {workers.Workers} threads, short wait", Alternation.Team, images, run),
                new Computation($"1 team of {workers.Workers} threads, OpenMP's own wait", images, before.Run));
            Console.WriteLine($"workers, {name}, bf16, on {Machine.Processor}");
            foreach (Measurement time in times)
            {
                time.Print($"{time.Rate:f1} images/s");
            }

            (double OverTeam, double OverOne) found = (times[1].FasterThan(times[4]), times[1].FasterThan(times[0]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {workers.Workers} workers: {found.OverTeam:f2} times the team with OpenMP's own wait, {found.OverOne:f2} times 1 worker"));
            return found;
        }
    }

    /// <summary>Computes as one team in a process of its own.</summary>
    public static void Answer(string name)
    {
        (IDisposable owner, _, Action run) = Open(name);
        using (owner)
        {
            Computation team = Alternation.Of(name, Alternation.Team, 1, run);
            WorkProcess.Answer(team.Seconds);
        }
    }

    private static (IDisposable Owner, double Images, Action Run) Open(string name)
    {
        if (name == "ddpmpp")
        {
            EngineSpeed.NetworkCase network = EngineSpeed.Networks().First();
            Denoiser denoiser = network.Create();
            denoiser.eval();
            NetworkPrecision.Convert(denoiser, Precision.Bf16);
            Tensor noisy = randn(network.Batch, 3, 32, 32), level = ones(1);
            return (denoiser, network.Batch, () =>
            {
                using Tensor denoised = denoiser.Denoise(noisy, level);
            });
        }

        BaseModel model = BundledModel.Load($"consistency:{name}", Precision.Bf16, Alternation.Workers, name);
        // A round of some seconds: on a shared machine shorter ones differ too much.
        int calls = name == "fashion-mnist" ? 30 : 10;
        return (model, BundledModel.Batch * calls, () =>
        {
            var noisy = new ImageBatch(model.BaseClassifier.Shape, BundledModel.Batch);
            int[] labels = new int[BundledModel.Batch];
            for (int i = 0; i < calls; i++)
            {
                model.BaseClassifier.Classify(noisy, labels);
            }
        });
    }
}
