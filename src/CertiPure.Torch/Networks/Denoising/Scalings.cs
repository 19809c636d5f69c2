using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>The scalings of D(y,t) = Skip y + Output F(Input y, Noise) (Karras et al. 2022, equation 7).</summary>
/// <param name="Skip">c_skip, <c>[N,1,1,1]</c>.</param>
/// <param name="Output">c_out, <c>[N,1,1,1]</c>.</param>
/// <param name="Input">c_in, <c>[N,1,1,1]</c>.</param>
/// <param name="Noise">c_noise, <c>[N]</c>.</param>
public readonly record struct Scalings(Tensor Skip, Tensor Output, Tensor Input, Tensor Noise);
