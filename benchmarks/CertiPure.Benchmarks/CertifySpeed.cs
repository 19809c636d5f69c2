using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Benchmarks;

/// <summary>
/// The whole of certify (noise, queue, votes, bounds, log on the disk) against the bare forward pass of the same base classifier
/// on as many draws by as many workers.
/// </summary>
internal static class CertifySpeed
{
    // 16 images of 800 draws fill 200 batches of 64 exactly.
    private const int Images = 16;
    private const int Selection = 100;
    private const int Estimation = 700;
    private const int Draws = Images * (Selection + Estimation);

    /// <summary>The modes: purifier, engine, precision, and who calls the networks.</summary>
    private static readonly (string Purifier, Engine Engine, Precision Precision, WorkerPlan Plan)[] Modes =
    [
        ("none", Engine.Torch, Precision.Bf16, Alternation.Workers),
        ("none", Engine.Torch, Precision.Fp32, Alternation.Workers),
        ("consistency:fashion-mnist", Engine.Torch, Precision.Bf16, Alternation.Workers),
        ("consistency:fashion-mnist", Engine.Torch, Precision.Fp32, Alternation.Workers),
        ("consistency:fashion-mnist", Engine.Onnx, Precision.Fp32, Alternation.Workers),
        ("consistency:fashion-mnist", Engine.Onnx, Precision.Int8, Alternation.Workers),
        ("consistency:fashion-mnist", Engine.Torch, Precision.Bf16, Alternation.One),
        ("consistency:fashion-mnist", Engine.Torch, Precision.Bf16, Alternation.Team),
    ];

    public static void Measure(int repeats) => Worst(repeats);

    /// <summary>Measures every mode.</summary>
    /// <returns>The smallest ratio of certify to the bare forward pass.</returns>
    public static double Worst(int repeats) => Modes.Min(mode => Measure(mode.Purifier, mode.Engine, mode.Precision, mode.Plan, repeats));

    /// <summary>Certifies as a process of its own, on the workers that certification has by default.</summary>
    public static void Answer()
    {
        using BaseModel model = BundledModel.Load("consistency:fashion-mnist", Precision.Bf16, Alternation.Workers);
        InFolder(certify => WorkProcess.Answer(() =>
        {
            long begun = Stopwatch.GetTimestamp();
            certify(model);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }));
    }

    private static double Measure(string purifier, Engine engine, Precision precision, WorkerPlan plan, int repeats)
    {
        using BaseModel model = BundledModel.Load(purifier, precision, plan, engine: engine);
        double ratio = 0;
        InFolder(certify =>
        {
            IReadOnlyList<Measurement> times = Alternation.Measure(
                repeats,
                Alternation.Of("bare forward pass", plan, (double)Draws / plan.Workers, () => Forward(model, Draws / plan.Workers)),
                new Computation("certify", Draws, () =>
                {
                    long begun = Stopwatch.GetTimestamp();
                    certify(model);
                    return Stopwatch.GetElapsedTime(begun).TotalSeconds;
                }));
            Console.WriteLine(
                $"certify, fashion-mnist with purifier {purifier}, {engine} {precision}, {plan.Workers} x {plan.Threads} threads, {Draws} draws in "
                + $"batches of {BundledModel.Batch}, on {Machine.Processor}");
            foreach (Measurement measurement in times)
            {
                measurement.Print($"{measurement.Rate:f0} draws/s");
            }

            ratio = times[1].FasterThan(times[0]);
            Console.WriteLine($"  certify / bare forward {ratio:p1}");
        });
        return ratio;
    }

    private static void Forward(BaseModel model, int draws)
    {
        var noisy = new ImageBatch(model.BaseClassifier.Shape, BundledModel.Batch);
        int[] labels = new int[BundledModel.Batch];
        for (int i = 0; i < draws; i += BundledModel.Batch)
        {
            model.BaseClassifier.Classify(noisy, labels);
        }
    }

    private static void InFolder(Action<Action<BaseModel>> work)
    {
        string folder = Directory.CreateTempSubdirectory("certipure-benchmark-").FullName;
        try
        {
            work(model => Certify(model, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Certify(BaseModel model, string folder)
    {
        ImageSet images = RandomImages.Set(model.BaseClassifier.Shape, Images);
        var plan = new FixedPlan(Selection, Estimation, 0.001);
        Experiment experiment = model.Describe(images, [.. Enumerable.Range(0, Images)], plan, seed: 1, NoiseKind.Normal);
        using RunFolder run = RunFolder.Open(
            Path.Combine(folder, "run"), experiment, new Shard(0, 1), model.Environment(ComputeDevice.Processor), overwrite: true);
        CertificationRun.CompleteAsync(run, images, model).GetAwaiter().GetResult();
    }
}
