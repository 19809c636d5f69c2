using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains a DDPM (noise prediction; improved diffusion's cosine schedule, or that of the weights that it starts from): the one-step
/// DDPM purifier.</summary>
public sealed record DdpmRecipe : TrainingRecipe
{
    /// <summary>The network; its time input is the step, by improved diffusion's schedule rescaled to 0..1000.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        PurifierNetwork network = inputs.StartPath is string path
            ? PurifierNetwork.From(path, "ddpm", dropout: null)
            : PurifierNetwork.Fresh(Network, new DdpmPreconditioning(), Trainer.Seed);
        network.RequireShape(inputs.Shape);
        var ddpm = (DdpmPreconditioning)network.Denoiser.Preconditioning;
        if (ddpm.Options.PredictionType != PredictionType.Epsilon)
        {
            throw new CertiPureException(
                $"The weights '{inputs.StartPath}' predict {ddpm.Options.PredictionType} and DDPM training takes a network that predicts noise.");
        }

        DiffusionNetwork predictor = network.Denoiser.Network;
        var loss = new DdpmLoss(
            (noisy, step) => predictor
                .Forward(noisy.to(network.ComputeType), step.to(ScalarType.Float32) * ddpm.Options.TimeScale)
                .to(ScalarType.Float32),
            ddpm.Schedule);
        return new PreparedTraining(network.Denoiser, loss, network.Metadata)
        {
            Purifier = network.Denoise,
        };
    }
}
