using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>What the trainings of a classifier on purified images share.</summary>
public abstract record PurifiedClassificationRecipe : TrainingRecipe
{
    /// <summary>The levels t = 2 * sigma.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Chosen = [0.5, 1, 2], ChosenProbability = 1 };

    /// <summary>The weight of consistency between the answers on two noisy copies (Jeong and Shin 2020): 0 for none, 10 to 20
    /// where it is wanted.</summary>
    public double Lambda { get; init; }

    /// <summary>The weight of the entropy of the two copies' mean answer, beside <see cref="Lambda"/>: .5 in Jeong and Shin
    /// 2020.</summary>
    public double Eta { get; init; }

    /// <summary>The regularization that the weights ask for.</summary>
    /// <exception cref="CertiPureException">A weight is out of range.</exception>
    private protected ConsistencyRegularization Regularization()
    {
        if (!(Lambda >= 0) || !(Eta >= 0) || !double.IsFinite(Lambda + Eta))
        {
            throw new CertiPureException(
                "The consistency of the classifier's answers is out of range: lambda and eta must be at least 0.", ErrorReason.InvalidArgument);
        }

        return Lambda == 0 && Eta == 0 ? ConsistencyRegularization.None : new ConsistencyRegularization(Lambda, Eta);
    }
}
