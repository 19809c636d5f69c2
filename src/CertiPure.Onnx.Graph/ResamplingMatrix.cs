namespace CertiPure.Onnx.Graph;

/// <summary>Makes one line of pixels from another: new = Values old.</summary>
public sealed class ResamplingMatrix
{
    private readonly float[] _values;

    private ResamplingMatrix(long inputs, long outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        _values = new float[inputs * outputs];
    }

    /// <summary>Pixels of the old line.</summary>
    public long Inputs { get; }

    /// <summary>Pixels of the new line.</summary>
    public long Outputs { get; }

    /// <summary>The weights, <c>[Outputs,Inputs]</c> in C order.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>A matrix of given weights.</summary>
    /// <param name="values">The weights, <c>[outputs,inputs]</c> in C order.</param>
    /// <param name="outputs">Pixels of the new line.</param>
    public static ResamplingMatrix Of(ReadOnlySpan<float> values, long outputs)
    {
        var matrix = new ResamplingMatrix(values.Length / outputs, outputs);
        values.CopyTo(matrix._values);
        return matrix;
    }

    /// <summary>Bilinear interpolation between pixels' centres, without a filter against aliasing (PyTorch's
    /// <c>interpolate</c> with <c>align_corners=False</c>).</summary>
    /// <param name="inputs">Pixels of the old line.</param>
    /// <param name="outputs">Pixels of the new line.</param>
    public static ResamplingMatrix Bilinear(long inputs, long outputs)
    {
        var matrix = new ResamplingMatrix(inputs, outputs);
        for (long output = 0; output < outputs; output++)
        {
            double centre = Math.Max(((output + 0.5) * inputs / outputs) - 0.5, 0);
            long left = Math.Min((long)centre, inputs - 1);
            double share = centre - left;
            matrix.Accumulate(output, left, 1 - share);
            matrix.Accumulate(output, Math.Min(left + 1, inputs - 1), share);
        }

        return matrix;
    }

    /// <summary>A filter at every second pixel: new[j] = sum over k of taps[k] old[2 j + k - padding], zeros outside.</summary>
    /// <param name="inputs">Pixels of the old line.</param>
    /// <param name="taps">The filter.</param>
    /// <param name="padding">Zeros on each side.</param>
    public static ResamplingMatrix Halving(long inputs, IReadOnlyList<double> taps, long padding)
    {
        ArgumentNullException.ThrowIfNull(taps);
        var matrix = new ResamplingMatrix(inputs, ((inputs + (2 * padding) - taps.Count) / 2) + 1);
        for (long output = 0; output < matrix.Outputs; output++)
        {
            for (int tap = 0; tap < taps.Count; tap++)
            {
                matrix.Accumulate(output, (2 * output) + tap - padding, taps[tap]);
            }
        }

        return matrix;
    }

    /// <summary>The transpose of <see cref="Halving"/>: each old pixel spreads over new ones by the filter.</summary>
    /// <param name="inputs">Pixels of the old line.</param>
    /// <param name="taps">The filter.</param>
    /// <param name="padding">New pixels cut off on each side.</param>
    public static ResamplingMatrix Doubling(long inputs, IReadOnlyList<double> taps, long padding)
    {
        ArgumentNullException.ThrowIfNull(taps);
        var matrix = new ResamplingMatrix(inputs, (2 * (inputs - 1)) + taps.Count - (2 * padding));
        for (long input = 0; input < inputs; input++)
        {
            for (int tap = 0; tap < taps.Count; tap++)
            {
                matrix.Accumulate((2 * input) + tap - padding, input, taps[tap]);
            }
        }

        return matrix;
    }

    internal float[] Transposed()
    {
        var transposed = new float[_values.Length];
        for (long output = 0; output < Outputs; output++)
        {
            for (long input = 0; input < Inputs; input++)
            {
                transposed[(input * Outputs) + output] = _values[(output * Inputs) + input];
            }
        }

        return transposed;
    }

    private void Accumulate(long output, long input, double weight)
    {
        if (output >= 0 && output < Outputs && input >= 0 && input < Inputs)
        {
            _values[(output * Inputs) + input] += (float)weight;
        }
    }
}
