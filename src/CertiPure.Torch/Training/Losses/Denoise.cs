using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>D(y, t): a network with its preconditioning around it, as every loss of the paper writes it.</summary>
/// <param name="noisy">y, <c>[N,C,H,W]</c> in network space: x + t * noise.</param>
/// <param name="level">t, <c>[N]</c>, the noise level in network space (2 * sigma).</param>
/// <returns>The denoised images, <c>[N,C,H,W]</c> in network space, in 32-bit floats.</returns>
public delegate Tensor Denoise(Tensor noisy, Tensor level);
