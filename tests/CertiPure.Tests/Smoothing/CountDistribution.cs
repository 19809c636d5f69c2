using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>The probabilities of the counts from <see cref="First"/> on; counts of a probability below 1e-30 are left
/// out.</summary>
internal sealed record CountDistribution(int First, double[] Probabilities)
{
    /// <summary>No draws, no votes.</summary>
    internal static CountDistribution Start { get; } = new(0, [1]);

    /// <summary>Bin(n, p), from its mode outwards.</summary>
    internal static CountDistribution Binomial(int n, double p)
    {
        int mode = Math.Clamp((int)((n + 1) * p), 0, n);
        double top = BinomialTail.Exactly(mode, n, p).Value;
        double odds = p / (1 - p);
        var up = new List<double>();
        for (double mass = top * (n - mode) / (mode + 1.0) * odds; mode + up.Count < n && mass > 1e-30;
            mass *= (n - mode - up.Count) / (mode + up.Count + 1.0) * odds)
        {
            up.Add(mass);
        }

        var down = new List<double>();
        for (double mass = top * mode / (n - mode + 1.0) / odds; down.Count < mode && mass > 1e-30;
            mass *= (mode - down.Count) / (n - mode + down.Count + 1.0) / odds)
        {
            down.Add(mass);
        }

        down.Reverse();
        return new CountDistribution(mode - down.Count, [.. down, top, .. up]);
    }

    /// <summary>The distribution of the sum of two independent counts.</summary>
    internal CountDistribution Plus(CountDistribution other)
    {
        double[] sum = new double[Probabilities.Length + other.Probabilities.Length - 1];
        for (int i = 0; i < Probabilities.Length; i++)
        {
            Span<double> target = sum.AsSpan(i, other.Probabilities.Length);
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(other.Probabilities, Probabilities[i], target, target);
        }

        int from = Array.FindIndex(sum, mass => mass > 1e-30);
        int to = Array.FindLastIndex(sum, mass => mass > 1e-30);
        return from < 0 ? new CountDistribution(0, []) : new CountDistribution(First + other.First + from, sum[from..(to + 1)]);
    }

    /// <summary>The part of the counts below a limit, and the probability of the rest.</summary>
    internal (CountDistribution Below, double AtLeast) Split(int limit)
    {
        int below = Math.Clamp(limit - First, 0, Probabilities.Length);
        return (this with { Probabilities = Probabilities[..below] }, Probabilities[below..].Sum());
    }
}
