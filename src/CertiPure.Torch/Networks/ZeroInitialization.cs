using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Starts a layer at zero, so that at first its residual block passes its input on (Goyal et al. 2017).</summary>
internal static class ZeroInitialization
{
    /// <summary>Sets all parameters of a layer to 0.</summary>
    /// <param name="layer">The last layer of a residual branch.</param>
    /// <returns>The same layer.</returns>
    public static nn.Module<Tensor, Tensor> Apply(nn.Module<Tensor, Tensor> layer)
    {
        using var noGradient = no_grad();
        foreach (Tensor parameter in layer.parameters())
        {
            parameter.zero_();
        }

        return layer;
    }
}
