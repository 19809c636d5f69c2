using System.Runtime.InteropServices;
using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Writes TorchSharp's own layers, and what several networks share, as pieces of an ONNX graph.</summary>
internal static class GraphLayers
{
    /// <summary>A tensor's values as a constant.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="shape">The constant's dimensions; none for the tensor's own.</param>
    public static GraphValue Constant(this GraphBuilder graph, Tensor tensor, params long[] shape)
    {
        using Tensor values = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return graph.Constant(MemoryMarshal.Cast<byte, float>(values.bytes), shape.Length == 0 ? tensor.shape : shape);
    }

    /// <summary>Adds a layer.</summary>
    /// <exception cref="CertiPureException">The layer cannot write itself.</exception>
    public static GraphValue Write(this GraphBuilder graph, nn.Module<Tensor, Tensor> layer, GraphValue input) => layer switch
    {
        IGraphLayer own => own.Write(graph, input),
        Convolution convolution => Convolve(graph, convolution, convolution.weight!, convolution.bias, input),
        Linear linear => Transform(graph, linear, input),
        BatchNorm2d normalization => Normalize(graph, normalization, input),
        LayerNorm normalization => graph.NormalizeLayer(
            input, graph.Constant(normalization.weight!), graph.Constant(normalization.bias!), normalization.eps),
        Sequential sequence => WriteAll(graph, [.. sequence.children().Cast<nn.Module<Tensor, Tensor>>()], input),
        SiLU => graph.Silu(input),
        ReLU => graph.Relu(input),
        Dropout => input,
        _ => throw new CertiPureException($"The layer {layer.GetName()} cannot be written as a part of an ONNX graph."),
    };

    /// <summary>Adds a convolution whose batch normalisation is folded into its weights.</summary>
    public static GraphValue WriteNormalized(
        this GraphBuilder graph, nn.Module<Tensor, Tensor> convolution, BatchNorm2d normalization, GraphValue input)
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = (Convolution)convolution;
        (Tensor scale, Tensor shift) = ScaleAndShift(normalization);
        Tensor weight = layer.weight!.to(ScalarType.Float64) * scale.view(-1, 1, 1, 1);
        Tensor bias = layer.bias is null ? shift : (layer.bias.to(ScalarType.Float64) * scale) + shift;
        return Convolve(graph, layer, weight, bias, input);
    }

    /// <summary>Adds attention: softmax(q k / sqrt(d)) v for queries, keys and values <c>[N,heads,d,T]</c>.</summary>
    /// <returns><c>[N,heads,d,T]</c>.</returns>
    public static GraphValue Attend(this GraphBuilder graph, GraphValue queries, GraphValue keys, GraphValue values)
    {
        GraphValue scaled = graph.Multiply(queries, 1 / Math.Sqrt(queries.Shape[2]));
        GraphValue weights = graph.Softmax(graph.Product(graph.Transpose(scaled, 0, 1, 3, 2), keys));
        return graph.Product(values, graph.Transpose(weights, 0, 1, 3, 2));
    }

    private static GraphValue WriteAll(GraphBuilder graph, nn.Module<Tensor, Tensor>[] layers, GraphValue input)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i] is Convolution && i + 1 < layers.Length && layers[i + 1] is BatchNorm2d normalization)
            {
                input = graph.WriteNormalized(layers[i++], normalization, input);
            }
            else
            {
                input = graph.Write(layers[i], input);
            }
        }

        return input;
    }

    // A one-dimensional convolution of kernel 1 over flattened pixels is the two-dimensional one over pixels.
    private static GraphValue Convolve(GraphBuilder graph, Convolution layer, Tensor weight, Tensor? bias, GraphValue input)
    {
        GraphValue kernel = graph.Constant(weight, [.. weight.shape, .. Enumerable.Repeat(1L, 4 - weight.shape.Length)]);
        return graph.Convolve(
            input,
            kernel,
            bias is null ? null : graph.Constant(bias),
            layer.stride[0],
            layer.padding?[0] ?? 0,
            layer.dilation[0],
            layer.groups);
    }

    private static GraphValue Transform(GraphBuilder graph, Linear layer, GraphValue input)
    {
        using Tensor weight = layer.weight!.detach().to(ScalarType.Float32).cpu().contiguous();
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(weight.bytes);
        return graph.Linear(input, values, (int)weight.shape[0], layer.bias is null ? null : graph.Constant(layer.bias));
    }

    private static GraphValue Normalize(GraphBuilder graph, BatchNorm2d normalization, GraphValue input)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor scale, Tensor shift) = ScaleAndShift(normalization);
        return graph.Add(graph.Multiply(input, graph.Constant(scale, scale.shape[0], 1, 1)), graph.Constant(shift, shift.shape[0], 1, 1));
    }

    private static (Tensor Scale, Tensor Shift) ScaleAndShift(BatchNorm2d normalization)
    {
        Tensor deviation = (normalization.running_var!.to(ScalarType.Float64) + normalization.eps).sqrt();
        Tensor scale = normalization.weight!.to(ScalarType.Float64) / deviation;
        return (scale, normalization.bias!.to(ScalarType.Float64) - (normalization.running_mean!.to(ScalarType.Float64) * scale));
    }
}

/// <summary>A layer or classifier that can write what its forward pass computes as a piece of an ONNX graph.</summary>
public interface IGraphLayer
{
    /// <summary>Adds the layer to a graph, in evaluation mode and float32.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">What the forward pass takes.</param>
    /// <returns>What the forward pass gives.</returns>
    GraphValue Write(GraphBuilder graph, GraphValue input);
}
