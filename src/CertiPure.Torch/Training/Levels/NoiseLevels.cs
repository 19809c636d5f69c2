using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Levels;

/// <summary>A distribution of noise levels t in network space (t = 2 * sigma).</summary>
public abstract class NoiseLevels
{
    /// <summary>Draws levels.</summary>
    /// <param name="count">N.</param>
    /// <param name="random">The step's randomness.</param>
    /// <returns><c>[N]</c>, above 0.</returns>
    public abstract Tensor Draw(long count, TrainingRandom random);
}
