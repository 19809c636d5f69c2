using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Reproduce;

/// <summary>What is reproduced, where, and on what.</summary>
public sealed record ReproductionOptions
{
    /// <summary>The probability with which a certificate may be wrong.</summary>
    public const double Alpha = 0.001;

    /// <summary>How much is computed.</summary>
    public required ReproductionScale Scale { get; init; }

    /// <summary>The folder for runs, measurements and the report.</summary>
    public required string Folder { get; init; }

    /// <summary>Where weights are found.</summary>
    public required IReproductionWeights Weights { get; init; }

    /// <summary>The weights in words: <c>models/fashion-mnist</c>.</summary>
    public required string WeightsName { get; init; }

    /// <summary>Where data and downloads are.</summary>
    public required DataLocations Locations { get; init; }

    /// <summary>Paths of further classifiers for the comparison of classifiers.</summary>
    public IReadOnlyList<string> Classifiers { get; init; } = [];

    /// <summary>The networks' device: <c>cpu</c> or <c>cuda:0</c>.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Processor;

    /// <summary>The networks' arithmetic: <c>fp32</c> or <c>bf16</c>.</summary>
    public Precision Precision { get; init; }

    /// <summary>Threads that call the networks at once; null for what <see cref="Runs.WorkerPlan"/> chooses.</summary>
    public int? Workers { get; init; }

    /// <summary>Threads of one operation; null for what <see cref="Runs.WorkerPlan"/> chooses.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether runs of other experiments that the folder holds are discarded, and not refused.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The noise's seed, the same for every run.</summary>
    public ulong Seed { get; init; }
}
