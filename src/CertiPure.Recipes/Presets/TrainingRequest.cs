using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Training;

namespace CertiPure.Recipes.Presets;

/// <summary>What the verbs <c>train</c> and <c>finetune</c> ask for.</summary>
public sealed record TrainingRequest
{
    /// <summary>Which training of the preset: one of <see cref="TrainingSession.Trainings"/>.</summary>
    public required string Training { get; init; }

    /// <summary>The preset's name or path.</summary>
    public required string Preset { get; init; }

    /// <summary>The training images.</summary>
    public required IImageSource Data { get; init; }

    /// <summary>Where the trained weights go, safetensors in half precision.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Where the trained classifier's weights go when a purifier is trained with it; null for all other trainings.</summary>
    public string? ClassifierOutputPath { get; init; }

    /// <summary>Changes of the preset, <c>key=value</c>.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The weights to start from; null for fresh ones.</summary>
    public string? StartPath { get; init; }

    /// <summary>A trained purifier's weights; null where the training needs none.</summary>
    public string? PurifierPath { get; init; }

    /// <summary>A trained classifier's weights; null where the training needs none.</summary>
    public string? ClassifierPath { get; init; }

    /// <summary>The weights of the LPIPS backbone; null where the loss is another.</summary>
    public string? LpipsBackbonePath { get; init; }

    /// <summary>The LPIPS heads; null where the loss is another.</summary>
    public string? LpipsHeadsPath { get; init; }

    /// <summary>The folder for checkpoints and the loss curve; null for the output path with <c>.training</c> appended.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Where the networks compute.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Processor;

    /// <summary>Threads of one operation, at least 1, with which a run ends in the same weights each time; null for a number that is
    /// measured (<see cref="TrainingThreads"/>), unless <c>OMP_NUM_THREADS</c> gives one.</summary>
    public int? Threads { get; init; }

    /// <summary>Told in a sentence which number of threads was measured to be the fastest, when it changes, and that bf16 is slow here.</summary>
    public Action<string>? Announce { get; init; }

    /// <summary>Whether to take a stopped run up again.</summary>
    public bool Resume { get; init; }

    /// <summary>Whether to replace the output, and a stopped run's state.</summary>
    public bool Overwrite { get; init; }
}
