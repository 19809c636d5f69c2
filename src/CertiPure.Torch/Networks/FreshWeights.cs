using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Draws a network's weights for training from scratch, reproducibly.</summary>
public static class FreshWeights
{
    /// <summary>Draws all weights of a network. The same seed gives the same weights.</summary>
    /// <param name="network">The network; each of its layers draws its own in the order in which they were registered.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static void Draw(nn.Module network, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var generator = new Generator(seed);
        foreach (nn.Module module in network.modules().Prepend(network))
        {
            if (module is IFreshWeights layer)
            {
                layer.DrawWeights(generator);
            }
        }
    }
}

/// <summary>A layer or network that knows how its own weights start. Its sublayers that know it too are not its business.</summary>
public interface IFreshWeights
{
    /// <summary>Sets all its own parameters and buffers. Called without gradient.</summary>
    /// <param name="generator">The source of all randomness.</param>
    void DrawWeights(Generator generator);
}
