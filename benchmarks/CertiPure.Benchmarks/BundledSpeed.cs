using CertiPure.Images;
using CertiPure.Recipes.Runs;

namespace CertiPure.Benchmarks;

/// <summary>The bundled classifier, alone and behind its purifier, in fp32 and bf16.</summary>
internal static class BundledSpeed
{
    private const int Calls = 10;

    public static void Measure(int repeats)
    {
        using BaseModel single = BundledModel.Load("none", Precision.Fp32), half = BundledModel.Load("none", Precision.Bf16);
        using BaseModel singlePurified = BundledModel.Load("consistency:fashion-mnist", Precision.Fp32);
        using BaseModel halfPurified = BundledModel.Load("consistency:fashion-mnist", Precision.Bf16);
        var noisy = new ImageBatch(single.BaseClassifier.Shape, BundledModel.Batch);
        int[] labels = new int[BundledModel.Batch];
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            ("classifier, fp32", () => Classify(single)),
            ("classifier, bf16", () => Classify(half)),
            ("purifier and classifier, fp32", () => Classify(singlePurified)),
            ("purifier and classifier, bf16", () => Classify(halfPurified)));
        Console.WriteLine($"bundled fashion-mnist, batch {BundledModel.Batch}");
        foreach (Measurement measurement in times)
        {
            measurement.Print($"{BundledModel.Batch * Calls / measurement.Median:f0} images/s");
        }

        Console.WriteLine(
            $"  bf16 / fp32: classifier {times[1].FasterThan(times[0]):f2}, with purifier {times[3].FasterThan(times[2]):f2}");

        void Classify(BaseModel model)
        {
            for (int i = 0; i < Calls; i++)
            {
                model.BaseClassifier.Classify(noisy, labels);
            }
        }
    }
}
