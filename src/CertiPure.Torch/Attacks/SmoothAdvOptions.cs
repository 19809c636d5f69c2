namespace CertiPure.Torch.Attacks;

/// <summary>How hard <see cref="SmoothAdvAttack"/> tries.</summary>
public sealed record SmoothAdvOptions
{
    /// <summary>The number of gradient steps, at least 1. Each is 2 / Steps of the radius long.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>The number of noise draws that each gradient is averaged over, at least 1.</summary>
    public int Samples { get; init; } = 32;

    /// <summary>Whether the result stays on the 1/255 grid of 8-bit pixels, where certificates of exact noise hold. Each change
    /// is cut to whole steps of the grid.</summary>
    public bool OnGrid { get; init; }
}
