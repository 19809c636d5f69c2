namespace CertiPure.Torch.Training.Data;

/// <summary>The SplitMix64 sequence (Steele, Lea and Flood 2014): derives independent seeds and orders from a counter.</summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Finish(_state += Gamma);

    /// <summary>A uniform integer in [0, bound) without bias (Lemire 2019).</summary>
    public int Next(int bound)
    {
        ulong threshold = (ulong)-bound % (ulong)bound;
        while (true)
        {
            UInt128 product = (UInt128)Next() * (ulong)bound;
            if ((ulong)product >= threshold)
            {
                return (int)(product >> 64);
            }
        }
    }

    /// <summary>A seed that depends on both values.</summary>
    public static ulong Mix(ulong seed, ulong value) => Finish(Finish(seed + Gamma) + (value * Gamma) + Gamma);

    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
