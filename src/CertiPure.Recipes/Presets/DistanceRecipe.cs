using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>The distance between two images in a loss.</summary>
internal sealed class DistanceRecipe
{
    private readonly nn.Module? _network;

    private DistanceRecipe(Func<Tensor, Tensor, Tensor> between, nn.Module? network = null)
    {
        Between = between;
        _network = network;
    }

    /// <summary>From two image batches <c>[N,C,H,W]</c> in network space to <c>[N]</c>.</summary>
    public Func<Tensor, Tensor, Tensor> Between { get; }

    /// <summary>The frozen networks that it needs.</summary>
    public IReadOnlyList<nn.Module> Networks => _network is null ? [] : [_network];

    /// <summary>Builds a distance.</summary>
    /// <param name="distance">Which.</param>
    /// <param name="lpipsNetwork">The network of LPIPS.</param>
    /// <param name="lpipsResolution">The side to which LPIPS resizes.</param>
    /// <param name="inputs">The files of LPIPS, and the classifier of features.</param>
    public static DistanceRecipe Create(
        FineTuningDistance distance, LpipsNetwork lpipsNetwork, int lpipsResolution, TrainingInputs inputs)
    {
        switch (distance)
        {
            case FineTuningDistance.L1:
                return new DistanceRecipe(ImageDistance.L1);
            case FineTuningDistance.L2:
                return new DistanceRecipe(ImageDistance.L2);
            case FineTuningDistance.Features:
                var scores = ScoreDistance.Load(inputs.RequireClassifier(), inputs.Shape);
                return new DistanceRecipe(scores.Between, scores);
            default:
                Lpips lpips = LoadLpips(lpipsNetwork, lpipsResolution, inputs);
                return new DistanceRecipe((a, b) => lpips.call(Colour(a), Colour(b)), lpips);
        }
    }

    private static Lpips LoadLpips(LpipsNetwork network, int resolution, TrainingInputs inputs)
    {
        (string name, string backbone) = network switch
        {
            LpipsNetwork.Vgg => ("vgg", "VGG-16"),
            LpipsNetwork.Alex => ("alex", "AlexNet"),
            _ => ("squeeze", "SqueezeNet 1.1"),
        };
        if (inputs.LpipsBackbonePath is not string backbonePath || inputs.LpipsHeadsPath is not string headsPath)
        {
            throw new CertiPureException(
                $"Training under LPIPS with lpipsNetwork={name} needs {backbone}'s weights and its LPIPS v0.1 heads.",
                ErrorReason.LossWeightsMissing);
        }

        using Checkpoint weights = CheckpointReader.Open(backbonePath), heads = CheckpointReader.Open(headsPath);
        return Lpips.Load(name, weights, heads, resolution);
    }

    /// <summary>Grey images as LPIPS takes them: one channel three times.</summary>
    private static Tensor Colour(Tensor images) => images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images;
}

/// <summary>The network behind LPIPS; each has its own weights and heads.</summary>
public enum LpipsNetwork
{
    /// <summary>SqueezeNet 1.1, the fastest.</summary>
    Squeeze,

    /// <summary>VGG-16, the paper's.</summary>
    Vgg,

    /// <summary>AlexNet.</summary>
    Alex,
}

/// <summary>The distances of Consistency Fine-tuning.</summary>
public enum FineTuningDistance
{
    /// <summary>The learned perceptual distance.</summary>
    Lpips,

    /// <summary>Mean absolute difference.</summary>
    L1,

    /// <summary>Mean squared difference.</summary>
    L2,

    /// <summary>How differently a classifier sees the two (<see cref="ScoreDistance"/>).</summary>
    Features,
}
