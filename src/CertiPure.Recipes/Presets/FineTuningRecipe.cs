using CertiPure.Torch.Training.Losses;

namespace CertiPure.Recipes.Presets;

/// <summary>Consistency Fine-tuning: one-step reconstruction of a consistency model under LPIPS, l1 or l2.</summary>
public sealed record FineTuningRecipe : TrainingRecipe
{
    /// <summary>The distance between purified and clean image.</summary>
    public FineTuningDistance Distance { get; init; } = FineTuningDistance.Lpips;

    /// <summary>The network of LPIPS; the paper's is VGG-16.</summary>
    public LpipsNetwork LpipsNetwork { get; init; }

    /// <summary>The side to which LPIPS resizes both images; the paper's is 224.</summary>
    public int LpipsResolution { get; init; } = 224;

    /// <summary>The levels; the paper's are {0.5, 1, 2} with equal probability.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Chosen = [0.5, 1, 2], ChosenProbability = 1 };

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string path = inputs.StartPath ?? throw new CertiPureException(
            "Fine-tuning starts from a consistency model.", ErrorReason.StartMissing);
        PurifierNetwork network = PurifierNetwork.From(path, "consistency", dropout: 0);
        network.RequireShape(inputs.Shape);
        DistanceRecipe distance = DistanceRecipe.Create(Distance, LpipsNetwork, LpipsResolution, inputs);
        var loss = new ReconstructionLoss(network.Denoise, Levels.Create(), distance.Between);
        return new PreparedTraining(network.Denoiser, loss, network.Metadata, distance.Networks)
        {
            Purifier = network.Denoise,
        };
    }
}
