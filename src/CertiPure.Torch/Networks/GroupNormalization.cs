using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Makes group normalisation layers (Wu and He 2018) that are ready to use.</summary>
public static class GroupNormalization
{
    /// <summary>Makes a layer whose weight is 1 and whose bias is 0. TorchSharp's own factory leaves both uninitialised,
    /// so that a network without a checkpoint computes with whatever the memory held.</summary>
    /// <param name="groups">The number of groups, a divisor of the channels.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static nn.Module<Tensor, Tensor> Create(int groups, int channels, double epsilon = 1e-5)
    {
        var layer = nn.GroupNorm(groups, channels, epsilon);
        using (no_grad())
        {
            layer.weight!.fill_(1);
            layer.bias!.fill_(0);
        }

        return layer;
    }
}
