using System.Numerics.Tensors;

namespace CertiPure.Torch.Metrics;

/// <summary>Exact Wasserstein distances between two sets of as many images, over the Euclidean distance.</summary>
public static class Wasserstein
{
    /// <summary>||a - b||_2.</summary>
    /// <param name="a">The pixels of one image.</param>
    /// <param name="b">The pixels of another.</param>
    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => TensorPrimitives.Distance(a, b);

    /// <summary>The smallest (mean of ||a_i - b_j||^p)^(1/p) over all pairings of the two sets.</summary>
    /// <param name="first">The pixels of each image of one set.</param>
    /// <param name="second">The pixels of each image of the other.</param>
    /// <param name="order">p, at least 1.</param>
    /// <exception cref="ArgumentException">The sets differ in number, or are empty.</exception>
    public static double Between(IReadOnlyList<float[]> first, IReadOnlyList<float[]> second, int order)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"Sets of {first.Count} and {second.Count} images have no pairing.", nameof(second));
        }

        var cost = new double[first.Count, first.Count];
        for (int i = 0; i < first.Count; i++)
        {
            for (int j = 0; j < first.Count; j++)
            {
                cost[i, j] = Math.Pow(Distance(first[i], second[j]), order);
            }
        }

        int[] pairing = OptimalAssignment.Solve(cost);
        double mean = pairing.Select((column, row) => cost[row, column]).Average();
        return Math.Pow(mean, 1.0 / order);
    }
}
