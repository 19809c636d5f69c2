using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>The UNet of OpenAI's consistency models (Song et al. 2023; after Dhariwal and Nichol 2021), published for
/// ImageNet-64. It takes c_in * y and 1000 * ln(t) / 4.</summary>
public sealed class ConsistencyUNet : OpenAiUNet
{
    /// <summary>Makes the network.</summary>
    /// <param name="options">Its shape.</param>
    public ConsistencyUNet(OpenAiUNetOptions options)
        : base(nameof(ConsistencyUNet), options, headsFirst: false)
    {
    }
}
