using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Data;

/// <summary>One batch of augmented training images.</summary>
/// <param name="Pixels"><c>[N,C,H,W]</c> 32-bit floats in pixel space, [0,1].</param>
/// <param name="Labels"><c>[N]</c> 64-bit integers; -1 where the label is unknown.</param>
public sealed record TrainingBatch(Tensor Pixels, Tensor Labels)
{
    /// <summary>The images in network space: 2 * pixels - 1.</summary>
    public Tensor NetworkSpace => (2 * Pixels) - 1;
}
