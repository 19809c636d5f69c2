using CertiPure.Images;
using CertiPure.Recipes.Devices;

namespace CertiPure.Benchmarks;

/// <summary>The noise that one core draws, beside what networks can take.</summary>
internal static class NoiseBenchmark
{
    public static void Measure()
    {
        Console.WriteLine($"noise of one core, on {Machine.Processor}");
        foreach (ImageShape shape in (ImageShape[])[new(1, 28, 28), new(3, 32, 32), new(3, 64, 64), new(3, 224, 224)])
        {
            double rate = NoiseSpeed.OfOneCore(shape);
            Console.WriteLine($"  {shape,-12} {rate,9:f0} images/s, {1e9 / rate / shape.Length:f2} ns per value");
        }
    }
}
