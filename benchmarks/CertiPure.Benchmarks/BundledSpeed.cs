using CertiPure.Images;
using CertiPure.Recipes.Runs;

namespace CertiPure.Benchmarks;

/// <summary>The bundled classifier, alone and behind its purifier, in fp32 and bf16, on a worker for each processor.</summary>
internal static class BundledSpeed
{
    private const int Calls = 10;

    public static void Measure(int repeats)
    {
        using BaseModel single = Load("none", Precision.Fp32), half = Load("none", Precision.Bf16);
        using BaseModel singlePurified = Load("consistency:fashion-mnist", Precision.Fp32), halfPurified = Load("consistency:fashion-mnist", Precision.Bf16);
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            Classify("classifier, fp32", single),
            Classify("classifier, bf16", half),
            Classify("purifier and classifier, fp32", singlePurified),
            Classify("purifier and classifier, bf16", halfPurified));
        Console.WriteLine($"bundled fashion-mnist, batch {BundledModel.Batch}, on {Machine.Processor}");
        foreach (Measurement measurement in times)
        {
            measurement.Print($"{measurement.Rate:f0} images/s");
        }

        Console.WriteLine(
            $"  bf16 / fp32: classifier {times[1].FasterThan(times[0]):f2}, with purifier {times[3].FasterThan(times[2]):f2}");
    }

    private static BaseModel Load(string purifier, Precision precision) => BundledModel.Load(purifier, precision, Alternation.Workers);

    private static Computation Classify(string name, BaseModel model) => Alternation.Of(
        name,
        Alternation.Workers,
        BundledModel.Batch * Calls,
        () =>
        {
            var noisy = new ImageBatch(model.BaseClassifier.Shape, BundledModel.Batch);
            int[] labels = new int[BundledModel.Batch];
            for (int i = 0; i < Calls; i++)
            {
                model.BaseClassifier.Classify(noisy, labels);
            }
        });
}
