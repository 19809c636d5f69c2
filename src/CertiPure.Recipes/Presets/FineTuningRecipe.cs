using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Training;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>Consistency Fine-tuning: one-step reconstruction of a consistency model under LPIPS, l1 or l2.</summary>
public sealed record FineTuningRecipe : TrainingRecipe
{
    /// <summary>The distance between purified and clean image.</summary>
    public FineTuningDistance Distance { get; init; } = FineTuningDistance.Lpips;

    /// <summary>The side to which LPIPS resizes both images; the paper's is 224.</summary>
    public int LpipsResolution { get; init; } = 224;

    /// <summary>The weight of the l1 distance that is added to LPIPS, at least 0; the paper's is 0.</summary>
    public double L1Weight { get; init; }

    /// <summary>The levels; the paper's are {0.5, 1, 2} with equal probability.</summary>
    public NoiseLevelsRecipe Levels { get; init; } = new() { Chosen = [0.5, 1, 2], ChosenProbability = 1 };

    /// <inheritdoc/>
    public override PreparedTraining Prepare(TrainingInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string path = inputs.StartPath ?? throw new CertiPureException(
            "Fine-tuning starts from a consistency model: give its weights with --from.", ExitCode.Usage);
        PurifierNetwork network = PurifierNetwork.From(path, "consistency", dropout: 0);
        network.RequireShape(inputs.Shape);
        if (Distance != FineTuningDistance.Lpips)
        {
            var plain = new ReconstructionLoss(
                network.Denoise, Levels.Create(), Distance == FineTuningDistance.L1 ? ImageDistance.L1 : ImageDistance.L2);
            return new PreparedTraining(network.Denoiser, plain, network.Metadata);
        }

        Lpips lpips = LoadLpips(inputs);
        var loss = new ReconstructionLoss(network.Denoise, Levels.Create(), (purified, clean) =>
        {
            torch.Tensor distance = lpips.call(Colour(purified), Colour(clean));
            return L1Weight == 0 ? distance : distance + (L1Weight * ImageDistance.L1(purified, clean));
        });
        return new PreparedTraining(network.Denoiser, loss, network.Metadata, lpips);
    }

    private Lpips LoadLpips(TrainingInputs inputs)
    {
        if (inputs.LpipsBackbonePath is not string backbonePath || inputs.LpipsHeadsPath is not string headsPath)
        {
            throw new CertiPureException(
                "Fine-tuning under LPIPS needs SqueezeNet 1.1's weights and the LPIPS v0.1 heads: give both files with "
                + "--lpips-backbone and --lpips-heads.",
                ExitCode.Usage);
        }

        var backbone = new SqueezeNet(classes: 0);
        var heads = new LpipsHeads(backbone.FeatureChannels);
        using (Checkpoint weights = CheckpointReader.Open(backbonePath))
        {
            CheckpointLoader.Load(backbone, weights, IsClassifier);
        }

        using (Checkpoint weights = CheckpointReader.Open(headsPath))
        {
            CheckpointLoader.Load(heads, weights);
        }

        return new Lpips(backbone, heads, LpipsResolution);

        static bool IsClassifier(string name) => name.StartsWith("classifier.", StringComparison.Ordinal);
    }

    /// <summary>Grey images as LPIPS takes them: one channel three times.</summary>
    private static torch.Tensor Colour(torch.Tensor images) =>
        images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images;
}
