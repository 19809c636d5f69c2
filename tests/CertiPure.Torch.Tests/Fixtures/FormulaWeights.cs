namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>The weights of the fixtures' networks: a hash of tensor number and element number, scaled by the tensor's kind,
/// so that even full-size networks need no weight file.</summary>
internal static class FormulaWeights
{
    /// <param name="name">The tensor's name in the reference; its ending decides the scale.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="number">Its position in the reference's list, from 0.</param>
    /// <param name="seed">The fixture's seed.</param>
    /// <param name="flax">Whether names and layouts are Flax's: outputs are the last dimension, not the first, and a
    /// vector named W holds frequencies.</param>
    public static float[] Generate(string name, long[] shape, int number, ulong seed, bool flax)
    {
        long elements = shape.Aggregate(1L, (product, length) => product * length);
        (double centre, double scale) = Scale(name, shape, elements, flax);
        ulong start = unchecked(((seed * 65537 + (ulong)number + 1) << 32) + 0x9E3779B97F4A7C15);
        var values = new float[elements];
        for (int i = 0; i < values.Length; i++)
        {
            ulong z = unchecked((ulong)i + start);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            z ^= z >> 31;
            double c = 2 * ((z >> 40) / 16777216.0) - 1;
            values[i] = (float)(centre + c * scale);
        }

        return values;
    }

    private static (double Centre, double Scale) Scale(string name, long[] shape, long elements, bool flax) => name switch
    {
        _ when shape.Length >= 2 => (0, Math.Sqrt(3.0 / (elements / (flax ? shape[^1] : shape[0])))),
        _ when name.EndsWith("freqs", StringComparison.Ordinal) => (0, 16),
        _ when flax && name.EndsWith("/W", StringComparison.Ordinal) => (0, 16),
        _ when name.EndsWith("running_var", StringComparison.Ordinal) => (1, 0.5),
        _ when name.EndsWith("weight", StringComparison.Ordinal) => (1, 0.1),
        _ when name.EndsWith("gamma", StringComparison.Ordinal) => (1, 0.1),
        _ when flax && name.EndsWith("scale", StringComparison.Ordinal) => (1, 0.1),
        _ => (0, 0.1),
    };
}
