using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>A layer or network that knows how its own weights start. Its sublayers that know it too are not its business.</summary>
public interface IFreshWeights
{
    /// <summary>Sets all its own parameters and buffers. Called without gradient.</summary>
    /// <param name="generator">The source of all randomness.</param>
    void DrawWeights(Generator generator);
}
