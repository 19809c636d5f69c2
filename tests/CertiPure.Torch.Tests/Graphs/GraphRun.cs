using System.Runtime.InteropServices;
using CertiPure.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Graphs;

/// <summary>Computes a graph by ONNX Runtime.</summary>
internal static class GraphRun
{
    /// <summary>The graph's output for images.</summary>
    /// <param name="model">The graph, of one input and one output.</param>
    /// <param name="images"><c>[N,C,H,W]</c>.</param>
    public static Tensor Compute(GraphModel model, Tensor images)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToBytes(), options);
        float[] pixels = MemoryMarshal.Cast<byte, float>(images.contiguous().bytes).ToArray();
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels.AsMemory(), images.shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            session.Run(run, session.InputNames.ToArray(), [input], session.OutputNames.ToArray());
        return tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray()).reshape(outputs[0].GetTensorTypeAndShape().Shape);
    }

    /// <summary>The largest difference, as a share of the largest expected magnitude.</summary>
    public static double Error(Tensor expected, Tensor computed)
    {
        Assert.Equal(expected.shape, computed.shape);
        using Tensor difference = (computed - expected).abs().max(), largest = expected.abs().max();
        return difference.item<float>() / (double)largest.item<float>();
    }
}
