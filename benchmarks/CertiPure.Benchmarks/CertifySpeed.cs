using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Benchmarks;

/// <summary>
/// The whole of certify (noise, queue, votes, bounds, log on the disk) against the bare forward pass of the same base classifier
/// on as many draws.
/// </summary>
internal static class CertifySpeed
{
    // 8 images of 800 draws fill 100 batches of 64 exactly.
    private const int Images = 8;
    private const int Selection = 100;
    private const int Estimation = 700;

    public static void Measure(int repeats)
    {
        Measure("none", Precision.Bf16, repeats);
        Measure("consistency:fashion-mnist", Precision.Bf16, repeats);
    }

    private static void Measure(string purifier, Precision precision, int repeats)
    {
        using BaseModel model = BundledModel.Load(purifier, precision);
        ImageSet images = RandomImages.Set(model.BaseClassifier.Shape, Images);
        var noisy = new ImageBatch(images.Shape, BundledModel.Batch);
        int[] labels = new int[BundledModel.Batch];
        int draws = Images * (Selection + Estimation);
        string folder = Directory.CreateTempSubdirectory("certipure-benchmark-").FullName;
        try
        {
            IReadOnlyList<Measurement> times = Alternation.Measure(
                repeats, ("bare forward pass", Forward), ("certify", () => Certify(model, images, folder)));
            Console.WriteLine($"certify, fashion-mnist with purifier {purifier}, {precision}, {draws} draws in batches of {BundledModel.Batch}");
            foreach (Measurement measurement in times)
            {
                measurement.Print($"{draws / measurement.Median:f0} draws/s");
            }

            Console.WriteLine($"  certify / bare forward {times[1].FasterThan(times[0]):p1}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Forward()
        {
            for (int i = 0; i < draws; i += BundledModel.Batch)
            {
                model.BaseClassifier.Classify(noisy, labels);
            }
        }
    }

    private static void Certify(BaseModel model, ImageSet images, string folder)
    {
        var plan = new FixedPlan(Selection, Estimation, 0.001);
        Experiment experiment = model.Describe(images, [.. Enumerable.Range(0, Images)], plan, seed: 1, NoiseKind.Normal);
        using RunFolder run = RunFolder.Open(
            Path.Combine(folder, "run"), experiment, new Shard(0, 1), model.Environment(ComputeDevice.Processor), overwrite: true);
        CertificationRun.CompleteAsync(run, images, model.BaseClassifier, plan).GetAwaiter().GetResult();
    }
}
