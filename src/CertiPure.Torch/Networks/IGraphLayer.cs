using CertiPure.Onnx.Graph;

namespace CertiPure.Torch.Networks;

/// <summary>A layer or classifier that can write what its forward pass computes as a piece of an ONNX graph.</summary>
public interface IGraphLayer
{
    /// <summary>Adds the layer to a graph, in evaluation mode and float32.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">What the forward pass takes.</param>
    /// <returns>What the forward pass gives.</returns>
    GraphValue Write(GraphBuilder graph, GraphValue input);
}
