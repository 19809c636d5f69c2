using System.Runtime.InteropServices;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>A denoiser as a graph in ONNX Runtime. Concurrent runs share the session, each on its caller's thread.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private const int CalibrationImages = 16;

    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private readonly OrtValue _images;

    /// <summary>Writes the graph and opens it.</summary>
    /// <param name="denoiser">The denoiser, in fp32.</param>
    /// <param name="batch">Images of one run.</param>
    /// <param name="precision">fp32, or int8 with ranges chosen on noise: the time does not depend on the ranges.</param>
    public OnnxNetwork(Denoiser denoiser, int batch, Precision precision)
    {
        ImageShape shape = denoiser.Network.Shape;
        var none = new Dictionary<string, string>();
        var builder = new GraphBuilder();
        GraphValue noisy = builder.Input("noisy", shape.Channels, shape.Height, shape.Width);
        GraphModel graph;
        using (no_grad())
        {
            graph = builder.Build(denoiser.Write(builder, noisy, 1), "denoised", none);
        }

        if (precision == Precision.Int8)
        {
            var quantization = new GraphQuantization(graph);
            IReadOnlyDictionary<string, ActivationRange> ranges =
                ActivationCalibration.Measure(graph, quantization.Observed, new ImageBatch(shape, Noise(shape, CalibrationImages)));
            graph = quantization.Apply(ranges, IntegerInstructions.SumIn32Bits ? 8 : 7, none);
        }

        using SessionOptions options = OnnxRuntimeLibrary.Options(threads: 1);
        _session = new InferenceSession(graph.ToBytes(), options);
        _images = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, Noise(shape, batch).AsMemory(), [batch, shape.Channels, shape.Height, shape.Width]);
    }

    /// <summary>Computes one batch.</summary>
    public void Compute()
    {
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, _session.InputNames, [_images], _session.OutputNames);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Dispose();
        _session.Dispose();
        _run.Dispose();
    }

    private static float[] Noise(ImageShape shape, int count)
    {
        using Tensor noise = randn(count, shape.Channels, shape.Height, shape.Width);
        return MemoryMarshal.Cast<byte, float>(noise.bytes).ToArray();
    }
}
