using CertiPure.Recipes.Runs;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// What this machine computes at most: the best of several large products, 8192 deep, and of a large convolution, as one team and as
/// single-threaded workers. No network computes more than this, so that no share of it exceeds 100 %.
/// </summary>
internal static class Peak
{
    private const int Depth = 8192;

    /// <summary>The computations of one number format, whose amounts are floating-point operations.</summary>
    public static IReadOnlyList<Computation> Computations(ScalarType type)
    {
        string format = type == ScalarType.BFloat16 ? "bf16" : "fp32";
        var found = new List<Computation>();
        foreach ((int rows, int columns) in ((int, int)[])[(1024, 1024), (2048, 2048), (4096, 512)])
        {
            Tensor left = Random(type, rows, Depth), right = Random(type, Depth, columns);
            Add($"product {rows} x {Depth} x {columns}, {format}", 2.0 * rows * Depth * columns, () => left.matmul(right));
        }

        Tensor images = Random(type, 16, 256, 32, 32), weights = Random(type, 256, 256, 3, 3);
        Add($"convolution of 256 channels, 32x32, {format}", 2.0 * 16 * 32 * 32 * 256 * 256 * 9, () =>
            nn.functional.conv2d(images, weights, padding: [1, 1]));
        return found;

        void Add(string name, double operations, Func<Tensor> compute)
        {
            foreach (WorkerPlan plan in (WorkerPlan[])[Alternation.Team, Alternation.Workers])
            {
                found.Add(Alternation.Of($"{name}, {plan.Reason}", plan, operations, () => compute().Dispose()));
            }
        }
    }

    /// <summary>The best of the measured, in operations per second.</summary>
    public static Measurement Best(IEnumerable<Measurement> measured) => measured.MaxBy(each => each.BestRate)!;

    private static Tensor Random(ScalarType type, params long[] size)
    {
        using Tensor values = randn(size);
        return values.to(type, copy: true).DetachFromDisposeScope();
    }
}
