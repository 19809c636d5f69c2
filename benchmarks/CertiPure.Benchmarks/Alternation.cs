using System.Diagnostics;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// Measures several computations in turn, round after round, so that whatever else the machine does meets them all alike.
/// </summary>
internal static class Alternation
{
    public static IReadOnlyList<Measurement> Measure(int repeats, params IReadOnlyList<(string Name, Action Run)> computations)
    {
        using IDisposable inference = inference_mode();
        var seconds = computations.Select(_ => new List<double>()).ToArray();

        // The first round is not counted: it compiles kernels and fills caches.
        for (int round = 0; round <= repeats; round++)
        {
            for (int i = 0; i < computations.Count; i++)
            {
                var watch = Stopwatch.StartNew();
                using (NewDisposeScope())
                {
                    computations[i].Run();
                }

                if (round > 0)
                {
                    seconds[i].Add(watch.Elapsed.TotalSeconds);
                }
            }
        }

        return [.. computations.Select((computation, i) => new Measurement(computation.Name, seconds[i]))];
    }
}
