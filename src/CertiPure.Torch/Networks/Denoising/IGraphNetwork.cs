using CertiPure.Onnx.Graph;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>A raw network F of a denoiser that can write itself as a piece of an ONNX graph, at one noise level.</summary>
public interface IGraphNetwork
{
    /// <summary>Adds F to a graph, in evaluation mode and float32. What follows from the noise level becomes constants.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="images">Scaled noisy images, <c>[N,C,H,W]</c>.</param>
    /// <param name="noise">c_noise of all images, <c>[1]</c>.</param>
    /// <returns>F, <c>[N,C,H,W]</c>.</returns>
    GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise);
}
