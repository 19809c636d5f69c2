using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Devices;

/// <summary>How fast one core draws the noise of images: what a device that computes faster would wait for.</summary>
public static class NoiseSpeed
{
    // So short that on a busy machine some of the many are not interrupted.
    private const int Images = 20;
    private const int Repeats = 500;

    /// <summary>Images per second of one core, at its best.</summary>
    /// <param name="shape">The images' shape.</param>
    public static double OfOneCore(ImageShape shape)
    {
        var noise = new NoiseSource(1);
        float[] image = new float[shape.Length], noisy = new float[shape.Length];
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Images; i++)
            {
                noise.AddNoise(image, 0, NoisePhase.Display, i, 0.5, noisy);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Images / best;
    }
}
