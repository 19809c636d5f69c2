namespace CertiPure.Benchmarks;

/// <summary>Something to measure.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Amount">How much it gets done: images, draws, floating-point operations.</param>
/// <param name="Seconds">Does it once and tells how long it took.</param>
internal sealed record Computation(string Name, double Amount, Func<double> Seconds);
