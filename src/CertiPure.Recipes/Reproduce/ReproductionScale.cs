using CertiPure.Images;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>How much is computed: the numbers of images and draws behind every table and figure.</summary>
public sealed record ReproductionScale
{
    /// <summary>What the report and the folder of a reproduction call it.</summary>
    public required string Name { get; init; }

    /// <summary>The noise levels in pixel space, ascending.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [0.25, 0.5, 1.0];

    /// <summary>The test images that are certified.</summary>
    public required ImageSelection Images { get; init; }

    /// <summary>n0, the selection draws of each.</summary>
    public required int SelectionDraws { get; init; }

    /// <summary>n, the estimation draws of each.</summary>
    public required int EstimationDraws { get; init; }

    /// <summary>The images that PF-ODE certifies, which costs 13 to 17 network calls per draw.</summary>
    public required ImageSelection OdeImages { get; init; }

    /// <summary>PF-ODE's estimation draws.</summary>
    public required int OdeDraws { get; init; }

    /// <summary>The noise levels of the comparison of classifiers.</summary>
    public required IReadOnlyList<double> ClassifierSigmas { get; init; }

    /// <summary>How sigma becomes the network's noise level: <c>exact</c> or <c>nearest</c>.</summary>
    public NoiseLevelRule Level { get; init; }

    /// <summary>The noise levels of transport.</summary>
    public IReadOnlyList<double> TransportSigmas { get; init; } = [0.1, 0.15, 0.25, 0.35, 0.5, 0.75, 1.0, 1.25];

    /// <summary>The images whose transport is measured.</summary>
    public required ImageSelection TransportImages { get; init; }

    /// <summary>Noise draws of each.</summary>
    public required int TransportDraws { get; init; }

    /// <summary>How many of them the exact assignment takes.</summary>
    public required int AssignedImages { get; init; }

    /// <summary>The images of the Fréchet distance.</summary>
    public required ImageSelection FrechetImages { get; init; }

    /// <summary>The network of ImageNet-64, of which only the speed is measured.</summary>
    public OpenAiUNetOptions ImageNet64 { get; init; } = new()
    {
        ImageSize = 64,
        ModelChannels = 192,
        ResidualBlocks = 3,
        AttentionResolutions = [32, 16, 8],
        HeadChannels = 64,
        Classes = 1000,
        ScaleShiftNorm = true,
        ResidualUpDown = true,
    };

    /// <summary>Whether published weights are used beside bundled ones, and Inception-v3 for the Fréchet distance.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Whether the reader is to be warned that the figures are rough.</summary>
    public bool IsRough { get; init; }

    /// <summary>What is bundled, in about 40 minutes on two cores with AVX-512.</summary>
    public static ReproductionScale Small { get; } = new()
    {
        Name = "small",
        Images = ImageSelection.Parse("every:100"),
        SelectionDraws = 100,
        EstimationDraws = 500,
        OdeImages = ImageSelection.Parse("every:500"),
        OdeDraws = 100,
        ClassifierSigmas = [0.5],
        TransportImages = ImageSelection.Parse("every:25"),
        TransportDraws = 4,
        AssignedImages = 200,
        FrechetImages = ImageSelection.Parse("every:5"),
    };

    /// <summary>The same in about 3 minutes: fewer images and draws.</summary>
    public static ReproductionScale Quick { get; } = Small with
    {
        Name = "quick",
        Images = ImageSelection.Parse("every:500"),
        SelectionDraws = 50,
        EstimationDraws = 150,
        OdeImages = ImageSelection.Parse("every:2500"),
        OdeDraws = 50,
        TransportImages = ImageSelection.Parse("every:100"),
        TransportDraws = 1,
        AssignedImages = 100,
        FrechetImages = ImageSelection.Parse("every:20"),
        IsRough = true,
    };

    /// <summary>The paper's protocol with published checkpoints.</summary>
    public static ReproductionScale Paper { get; } = new()
    {
        Name = "paper",
        Images = ImageSelection.Parse("every:20"),
        SelectionDraws = 100,
        EstimationDraws = 10_000,
        OdeImages = ImageSelection.Parse("every:20"),
        OdeDraws = 10_000,
        ClassifierSigmas = [0.25, 0.5, 1.0],
        Level = NoiseLevelRule.Nearest,
        TransportImages = ImageSelection.Parse("every:20"),
        TransportDraws = 10,
        AssignedImages = 500,
        FrechetImages = ImageSelection.All,
        IsPublished = true,
    };

    /// <summary>The scales by the names of the command line.</summary>
    public static IReadOnlyList<string> Names { get; } = ["small", "paper"];

    /// <summary>Finds a scale.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="isQuick">Whether ten minutes have to do.</param>
    /// <exception cref="CertiPureException">There is no such scale, or none that is quick.</exception>
    public static ReproductionScale Named(string name, bool isQuick) => (name, isQuick) switch
    {
        ("small", false) => Small,
        ("small", true) => Quick,
        ("paper", false) => Paper,
        ("paper", true) => throw new CertiPureException(
            "The paper's protocol has no quick form; take the small scale.", ErrorReason.InvalidArgument),
        _ => throw new CertiPureException($"There is no scale '{name}'; choose {string.Join(" or ", Names)}.", ErrorReason.InvalidArgument),
    };
}
