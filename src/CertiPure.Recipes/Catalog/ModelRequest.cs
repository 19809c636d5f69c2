using CertiPure.Images;
using CertiPure.Recipes.Graphs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Catalog;

/// <summary>A base classifier as the user describes it.</summary>
/// <param name="Classifier">A bundled model's name (<c>NAME</c> or <c>NAME/FILE</c>) or a path: .safetensors, .onnx, TorchScript
/// .pt, a PyTorch state dict together with <see cref="Architecture"/>, or a <see cref="ClassifierDescription"/>.</param>
/// <param name="Purifier">The purifier.</param>
/// <param name="Sigma">The noise level in pixel space, above 0.</param>
/// <param name="Shape">The images' shape, which some files leave open.</param>
public sealed record ModelRequest(string Classifier, PurifierChoice Purifier, double Sigma, ImageShape Shape)
{
    /// <summary>The classifier's architecture, <c>NAME</c> or <c>NAME:JSON</c>; null where its file tells.</summary>
    public string? Architecture { get; init; }

    /// <summary>What happens to images before the classifier's network.</summary>
    public ClassifierPreprocessing Preprocessing { get; init; } = ClassifierPreprocessing.None;

    /// <summary>The output that gives the classifier's scores; null where only one can.</summary>
    public string? Output { get; init; }

    /// <summary>The names of the classifier's classes; empty for those in its file, if any.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Certified routing's plain classifier, a name or path as for the classifier; null for no routing.</summary>
    public string? Core { get; init; }

    /// <summary>Certified routing's largest entropy of the core's answer, 0 to 1, with which a draw is smoothed; null where a selector
    /// decides.</summary>
    public double? EntropyThreshold { get; init; }

    /// <summary>Certified routing's selection network, a name or path as for the classifier; null where entropy decides.</summary>
    public string? Selector { get; init; }

    /// <summary>The class that a class-conditional purifier is given for every image; null for an unconditional one.</summary>
    public int? PurifierLabel { get; init; }

    /// <summary>How sigma becomes the network's noise level.</summary>
    public NoiseLevelRule Level { get; init; }

    /// <summary>What runs the networks.</summary>
    public Engine Engine { get; init; } = Engine.Torch;

    /// <summary>Whether ONNX Runtime takes the networks over where it is measured to be the faster.</summary>
    public bool MeasuresEngine { get; init; }

    /// <summary>The images by which the ranges of 8-bit activations are chosen; needed for int8.</summary>
    public CalibrationImages? Calibration { get; init; }

    /// <summary>The networks' arithmetic: fp32; bf16 on TorchSharp; int8 on ONNX Runtime; fp16 in an exported file alone.</summary>
    public Precision Precision { get; init; }

    /// <summary>Where the networks compute.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Processor;

    /// <summary>The networks' fixed batch size, at least 1.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Threads that call the networks at once, at least 1; null for what <see cref="Runs.WorkerPlan"/> chooses.</summary>
    public int? Workers { get; init; }

    /// <summary>Threads of one operation, at least 1; null for what <see cref="Runs.WorkerPlan"/> chooses.</summary>
    public int? Threads { get; init; }

    /// <summary>The SHA-256 that the purifier's file must have; null for any.</summary>
    public string? PurifierSha256 { get; init; }

    /// <summary>Takes a sentence on how a file was read that its owner may want to know, such as which of its weights were taken.</summary>
    public Action<string>? Announce { get; init; }
}
