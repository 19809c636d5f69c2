namespace CertiPure.Benchmarks;

/// <summary>The seconds that one thing took, over all repeats.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Amount">How much it got done each time.</param>
/// <param name="Seconds">One value per repeat, in the order of the rounds.</param>
internal sealed record Measurement(string Name, double Amount, IReadOnlyList<double> Seconds)
{
    public double Median => MedianOf(Seconds);

    /// <summary>How much it gets done per second, typically.</summary>
    public double Rate => Amount / Median;

    /// <summary>How much it got done per second in its best round.</summary>
    public double BestRate => Amount / Seconds.Min();

    /// <summary>The distance from the fastest to the slowest repeat, as a share of the median.</summary>
    public double Spread => (Seconds.Max() - Seconds.Min()) / Median;

    /// <summary>How many times as fast this is as another: the median of the rounds' ratios, because what else the machine did
    /// in a round met both.</summary>
    public double FasterThan(Measurement other) =>
        Amount / other.Amount * MedianOf([.. other.Seconds.Zip(Seconds, (theirs, own) => theirs / own)]);

    public void Print(string rate) =>
        Console.WriteLine($"  {Name,-50} {Median * 1000,9:f1} ms, spread {Spread,4:p0}, {rate}");

    private static double MedianOf(IReadOnlyList<double> values)
    {
        double[] ascending = [.. values.Order()];
        int middle = ascending.Length / 2;
        return ascending.Length % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
    }
}
