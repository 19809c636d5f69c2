using CertiPure.Torch.Training.Levels;

namespace CertiPure.Recipes.Presets;

/// <summary>Which noise levels t = 2 * sigma a purifier is trained at: the chosen ones with the given probability, else
/// log-normal ones.</summary>
public sealed record NoiseLevelsRecipe
{
    /// <summary>The mean of ln t.</summary>
    public double Mean { get; init; } = -1.2;

    /// <summary>The standard deviation of ln t.</summary>
    public double Deviation { get; init; } = 1.2;

    /// <summary>The largest log-normal level; null for none.</summary>
    public double? Maximum { get; init; }

    /// <summary>Levels that purification will ask for.</summary>
    public IReadOnlyList<double> Chosen { get; init; } = [];

    /// <summary>The probability of a chosen level, 0 to 1.</summary>
    public double ChosenProbability { get; init; }

    /// <summary>Builds the distribution.</summary>
    /// <exception cref="CertiPureException">A value is out of range.</exception>
    public NoiseLevels Create()
    {
        if (Deviation <= 0 || Maximum <= 0 || ChosenProbability is not (>= 0 and <= 1)
            || (ChosenProbability > 0 && Chosen.Count == 0) || Chosen.Any(level => !(level > 0)))
        {
            throw new CertiPureException(
                "The training's noise levels are out of range: deviation, maximum and chosen levels must be above 0, and "
                + "chosenProbability from 0 to 1, above 0 only with chosen levels.",
                ErrorReason.InvalidArgument);
        }

        if (ChosenProbability == 1)
        {
            return new ChosenLevels(Chosen);
        }

        var logNormal = new LogNormalLevels(Mean, Deviation, Maximum ?? double.PositiveInfinity);
        return ChosenProbability == 0
            ? logNormal
            : new MixedLevels(new ChosenLevels(Chosen), ChosenProbability, logNormal);
    }
}
