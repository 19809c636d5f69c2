using System.Diagnostics;
using CertiPure.Torch.Backend;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// Measures several computations in turn, round after round, so that whatever else the machine does meets them all alike. Each runs
/// on a thread of its own, so that none pays for the waiting OpenMP threads of another.
/// </summary>
internal static class Alternation
{
    public static IReadOnlyList<Measurement> Measure(int repeats, params IReadOnlyList<(string Name, Action Run)> computations)
    {
        var seconds = computations.Select(_ => new List<double>()).ToArray();

        // The first round is not counted: it compiles kernels and fills caches.
        for (int round = 0; round <= repeats; round++)
        {
            for (int i = 0; i < computations.Count; i++)
            {
                double elapsed = NetworkThread.Run(() => Time(computations[i].Run));
                if (round > 0)
                {
                    seconds[i].Add(elapsed);
                }
            }
        }

        return [.. computations.Select((computation, i) => new Measurement(computation.Name, seconds[i]))];
    }

    private static double Time(Action run)
    {
        using IDisposable inference = inference_mode();
        var watch = Stopwatch.StartNew();
        using (NewDisposeScope())
        {
            run();
        }

        return watch.Elapsed.TotalSeconds;
    }
}
