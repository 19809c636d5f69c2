using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>The UNet of improved diffusion (Nichol and Dhariwal 2021), the denoiser of the onestep-DDPM baseline. It takes
/// x_t and the step rescaled to 0..1000; of its 6 output channels the first 3 are the noise.</summary>
public sealed class ImprovedDiffusionUNet : OpenAiUNet
{
    /// <summary>Makes the network.</summary>
    /// <param name="options">Its shape.</param>
    public ImprovedDiffusionUNet(OpenAiUNetOptions options)
        : base(nameof(ImprovedDiffusionUNet), options, headsFirst: true)
    {
    }
}
