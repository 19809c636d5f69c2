using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains a DDPM (improved-diffusion's cosine schedule, noise prediction): the one-step DDPM purifier.</summary>
public sealed record DdpmRecipe : TrainingRecipe
{
    private const double TimeScale = 1000;

    /// <summary>The network; its time input is the step rescaled to 0..1000.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        PurifierNetwork network = inputs.StartPath is string path
            ? PurifierNetwork.From(path, "ddpm", dropout: null)
            : PurifierNetwork.Fresh(Network, "ddpm", Trainer.Seed);
        network.RequireShape(inputs.Shape);
        var schedule = new CosineSchedule();
        DiffusionNetwork predictor = network.Denoiser.Network;
        var loss = new DdpmLoss(
            (noisy, step) => predictor
                .Forward(noisy.to(network.ComputeType), step.to(ScalarType.Float32) * (TimeScale / schedule.Steps))
                .to(ScalarType.Float32),
            schedule);
        return new PreparedTraining(network.Denoiser, loss, network.Metadata)
        {
            Purifier = network.Denoise,
        };
    }
}
