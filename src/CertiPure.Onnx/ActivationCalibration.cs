using System.Numerics.Tensors;
using CertiPure.Images;
using CertiPure.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx;

/// <summary>Chooses the ranges of activations for 8 bits: those with the least squared error on sample images, so that a few outliers
/// do not coarsen all other values. It runs on one thread, so that the ranges do not depend on a number of threads.</summary>
public static class ActivationCalibration
{
    // What the observed activations of one run may take.
    private const long MaxBytes = 1L << 29;
    private const int MaxImages = 16;

    /// <summary>Measures ranges.</summary>
    /// <param name="model">The graph in fp32.</param>
    /// <param name="tensors">The names of the tensors to measure.</param>
    /// <param name="images">The graph's inputs: noisy images that nobody certifies.</param>
    public static IReadOnlyDictionary<string, ActivationRange> Measure(
        GraphModel model, IReadOnlyList<string> tensors, ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(images);
        using SessionOptions options = OnnxRuntimeLibrary.Options(threads: 1);
        using var session = new InferenceSession(model.WithOutputs(tensors).ToBytes(), options);
        using var run = new RunOptions();
        long bytes = 0;
        Observe(0, 1, (_, values) => bytes += values.Length * sizeof(float));
        int step = (int)Math.Clamp(MaxBytes / Math.Max(1, bytes), 1, MaxImages);

        var ranges = new ActivationRange[tensors.Count];
        ObserveAll((i, values) => ranges[i] = new ActivationRange(
            Math.Min(ranges[i].Minimum, TensorPrimitives.Min(values)), Math.Max(ranges[i].Maximum, TensorPrimitives.Max(values))));
        ActivationHistogram[] histograms = [.. ranges.Select(range => new ActivationHistogram(range))];
        ObserveAll((i, values) => histograms[i].Add(values));
        return tensors.Zip(histograms).ToDictionary(pair => pair.First, pair => pair.Second.BestRange());

        void ObserveAll(Action<int, ReadOnlySpan<float>> observe)
        {
            for (int start = 0; start < images.Count; start += step)
            {
                Observe(start, Math.Min(step, images.Count - start), observe);
            }
        }

        void Observe(int start, int count, Action<int, ReadOnlySpan<float>> observe)
        {
            (int length, long[] shape) = (images.Shape.Length, [count, images.Shape.Channels, images.Shape.Height, images.Shape.Width]);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, images.Pixels.Slice(start * length, count * length), shape);
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [input], tensors);
            for (int i = 0; i < outputs.Count; i++)
            {
                observe(i, outputs[i].GetTensorDataAsSpan<float>());
            }
        }
    }
}

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
