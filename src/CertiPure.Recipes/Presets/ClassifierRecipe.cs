using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Training;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>Trains an ordinary classifier on clean images.</summary>
public sealed record ClassifierRecipe : TrainingRecipe
{
    /// <summary>The network.</summary>
    public required NetworkRecipe Network { get; init; }

    /// <summary>The share of each target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (LabelSmoothing is not (>= 0 and < 1))
        {
            throw new CertiPureException("The label smoothing must be at least 0 and below 1.", ExitCode.Usage);
        }

        if (inputs.Data.ClassCount == 0)
        {
            throw new CertiPureException("A classifier learns from labels, and this data set has none: choose another.", ExitCode.Usage);
        }

        nn.Module<Tensor, Tensor> network = Network.Create<nn.Module<Tensor, Tensor>>(Trainer.Seed);
        var loss = new ClassificationLoss(network.call, LabelSmoothing);

        // Batch normalisation follows the first convolution: pixels need no normalisation of their own.
        int channels = inputs.Shape.Channels;
        var asTheyAre = new PixelNormalization([.. Enumerable.Repeat(0.0, channels)], [.. Enumerable.Repeat(1.0, channels)]);
        return new PreparedTraining(
            network,
            loss,
            ClassifierCheckpoint.Metadata(Network.Architecture, Network.Arguments.GetRawText(), inputs.Shape, asTheyAre));
    }
}
