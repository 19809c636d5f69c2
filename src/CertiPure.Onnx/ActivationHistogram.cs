using CertiPure.Onnx.Graph;

namespace CertiPure.Onnx;

/// <summary>How often a tensor's values occur, to judge what a range would do to them.</summary>
internal sealed class ActivationHistogram(ActivationRange range)
{
    private const int Bins = 1024;
    private const int Levels = 255;
    private const int Shares = 14;
    private const double Share = 0.05;

    private readonly long[] _counts = new long[Bins];
    private readonly double _minimum = Math.Min(range.Minimum, 0);
    private readonly double _width = Math.Max((Math.Max(range.Maximum, 0.0) - Math.Min(range.Minimum, 0.0)) / Bins, double.Epsilon);

    /// <summary>Counts values.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        float scale = (float)(1 / _width), shift = (float)_minimum;
        foreach (float value in values)
        {
            _counts[Math.Clamp((int)((value - shift) * scale), 0, Bins - 1)]++;
        }
    }

    /// <summary>The range whose 256 levels have the least squared error; values outside become its ends.</summary>
    public ActivationRange BestRange()
    {
        ActivationRange best = range;
        double least = double.PositiveInfinity;
        for (int low = 0; low <= Shares; low++)
        {
            for (int high = 0; high <= Shares; high++)
            {
                var candidate = new ActivationRange((float)(range.Minimum * (1 - (Share * low))), (float)(range.Maximum * (1 - (Share * high))));
                double error = Error(candidate);
                if (error < least)
                {
                    (best, least) = (candidate, error);
                }
            }
        }

        return best;
    }

    private double Error(ActivationRange candidate)
    {
        double low = Math.Min(candidate.Minimum, 0.0), high = Math.Max(candidate.Maximum, 0.0), level = (high - low) / Levels, sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            double value = _minimum + ((bin + 0.5) * _width);
            double outside = value < low ? low - value : value > high ? value - high : 0;
            sum += _counts[bin] * (outside > 0 ? outside * outside : level * level / 12);
        }

        return sum;
    }
}
