using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Levels;

/// <summary>One distribution with a given probability, else another: most of a small network's capacity for the levels that
/// are asked for, the rest for those between.</summary>
/// <param name="first">Drawn with the given probability.</param>
/// <param name="probability">0 to 1.</param>
/// <param name="second">Drawn otherwise.</param>
public sealed class MixedLevels(NoiseLevels first, double probability, NoiseLevels second) : NoiseLevels
{
    /// <inheritdoc/>
    public override Tensor Draw(long count, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Tensor chooseFirst = random.Uniform(count) < probability;
        return where(chooseFirst, first.Draw(count, random), second.Draw(count, random));
    }
}
