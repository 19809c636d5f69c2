using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Levels;

/// <summary>Uniform over a few chosen levels, such as {0.5, 1, 2}, the ones that certification at sigma .25, .5 and 1 asks
/// for (Consistency Purification, Consistency Fine-tuning).</summary>
public sealed class ChosenLevels : NoiseLevels
{
    private readonly float[] _levels;

    /// <summary>The levels.</summary>
    /// <param name="levels">At least one level t = 2 * sigma, each above 0.</param>
    public ChosenLevels(params IReadOnlyList<double> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        if (levels.Count == 0 || levels.Any(level => !(level > 0) || !double.IsFinite(level)))
        {
            throw new ArgumentException("Noise levels are finite numbers above 0, and there is at least one.", nameof(levels));
        }

        _levels = [.. levels.Select(level => (float)level)];
    }

    /// <inheritdoc/>
    public override Tensor Draw(long count, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using Tensor choice = random.Integers(_levels.Length, count);
        return tensor(_levels, device: choice.device).index_select(0, choice);
    }
}
