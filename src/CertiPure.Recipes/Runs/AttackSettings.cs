namespace CertiPure.Recipes.Runs;

/// <summary>How certificates are attacked.</summary>
public sealed record AttackSettings
{
    /// <summary>How far to go, as multiples of each certified radius. Up to 1 a changed answer violates the certificate; beyond,
    /// it shows that the attack works.</summary>
    public IReadOnlyList<double> Factors { get; init; } = [1, 4];

    /// <summary>The attack's gradient steps, at least 1.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>The noise draws that each gradient is averaged over, at least 1.</summary>
    public int Samples { get; init; } = 32;

    /// <summary>The draws of PREDICT on each changed image.</summary>
    public int Draws { get; init; } = 1000;

    /// <summary>The seed of the attack's noise and of PREDICT's.</summary>
    public required ulong Seed { get; init; }
}
