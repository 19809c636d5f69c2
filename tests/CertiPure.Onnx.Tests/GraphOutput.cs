using CertiPure.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx.Tests;

/// <summary>Computes a graph by ONNX Runtime.</summary>
internal static class GraphOutput
{
    /// <summary>The output of a graph of one input.</summary>
    public static float[] Of(GraphModel model, float[] input, params long[] shape)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToBytes(), options);
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.AsMemory(), shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Numbers between -1 and 1, the same for the same seed.</summary>
    public static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
