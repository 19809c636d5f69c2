using CertiPure.Recipes.Runs;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// Measures several computations in turn, round after round, so that whatever else the machine does meets them all alike. Each runs
/// on threads of its own, so that none pays for the waiting OpenMP threads of another.
/// </summary>
internal static class Alternation
{
    /// <summary>A worker for each processor, as certification has by default.</summary>
    public static WorkerPlan Workers { get; } = new(Environment.ProcessorCount, 1, "a worker for each processor");

    /// <summary>One worker whose operations are spread over all processors, as PyTorch does it.</summary>
    public static WorkerPlan Team { get; } = new(1, Environment.ProcessorCount, "one team");

    /// <summary>One thread.</summary>
    public static WorkerPlan One { get; } = new(1, 1, "one thread");

    public static IReadOnlyList<Measurement> Measure(int repeats, params IReadOnlyList<Computation> computations)
    {
        var seconds = computations.Select(_ => new List<double>()).ToArray();

        // The first round is not counted: it compiles kernels and fills caches.
        for (int round = 0; round <= repeats; round++)
        {
            for (int i = 0; i < computations.Count; i++)
            {
                double elapsed = computations[i].Seconds();
                if (round > 0)
                {
                    seconds[i].Add(elapsed);
                }
            }
        }

        return [.. computations.Select((computation, i) => new Measurement(computation.Name, computation.Amount, seconds[i]))];
    }

    /// <summary>A computation that each worker of a plan does once.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="plan">Who does it.</param>
    /// <param name="amount">How much of anything one worker gets done.</param>
    /// <param name="run">What one worker does.</param>
    public static Computation Of(string name, WorkerPlan plan, double amount, Action run) => new(
        name,
        plan.Workers * amount,
        () => plan.Time(() =>
        {
            using IDisposable inference = inference_mode();
            using var scope = NewDisposeScope();
            run();
        }));
}
