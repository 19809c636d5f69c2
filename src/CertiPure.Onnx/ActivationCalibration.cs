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
