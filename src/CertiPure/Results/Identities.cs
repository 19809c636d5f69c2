using System.Text.Json.Serialization;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>Which images a run certifies.</summary>
/// <param name="Name">The data set's name as on the command line, or the path's last part.</param>
/// <param name="Split">The split (<c>train</c>, <c>test</c>), or null for folders and files.</param>
/// <param name="Shape">The shape of every image, written <c>3x32x32</c>.</param>
/// <param name="PixelSha256">SHA-256 (lower-case hexadecimal) of all decoded pixels in id order.</param>
public sealed record DataIdentity(
    string Name,
    string? Split,
    [property: JsonConverter(typeof(ImageShapeConverter))] ImageShape Shape,
    string PixelSha256)
{
    /// <summary>What happened to every picture before the noise; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PicturePreparation? Preparation { get; init; }

    /// <summary>The identity of an image source.</summary>
    /// <param name="source">The source that a run reads from.</param>
    public static DataIdentity Of(IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DataIdentity(source.Name, source.Split, source.Shape, source.PixelSha256) { Preparation = source.Preparation };
    }
}

/// <summary>How a run purifies.</summary>
/// <param name="Method">The method's name on the command line: <c>none</c>, <c>edm</c>, <c>consistency</c>, ...</param>
/// <param name="Level">How sigma becomes the network's noise level: <c>exact</c> or <c>nearest</c>; null without a network.</param>
/// <param name="Clamp">Whether purified pixels are clipped to [0,1] before the classifier.</param>
/// <param name="NetworkCalls">Network evaluations per draw; 0 for <c>none</c>.</param>
public sealed record PurifierIdentity(string Method, string? Level, bool Clamp, int NetworkCalls)
{
    /// <summary>The class that a class-conditional network was given for every image; null where it takes none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Label { get; init; }
}

/// <summary>Which classifier a run certifies; its weights' hash is under <see cref="Experiment.Weights"/>.</summary>
/// <param name="Name">A bundled name or the file's name.</param>
/// <param name="ClassCount">The number of classes, K.</param>
public sealed record ClassifierIdentity(string Name, int ClassCount)
{
    /// <summary>What happens to a purified image before the classifier's network; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClassifierPreprocessing? Preprocessing { get; init; }

    /// <summary>Which of the network's outputs gives the scores; null for its only one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Output { get; init; }
}

/// <summary>Certified routing between a smoothed and a plain model (ACES); the hashes of its weights are under
/// <see cref="Experiment.Weights"/> as <c>core</c> and <c>selector</c>.</summary>
/// <param name="Core">The plain model: a bundled name or the file's name.</param>
/// <param name="Selection">The mechanism: <c>entropy</c> or <c>network</c>.</param>
/// <param name="EntropyThreshold">For <c>entropy</c>: the largest entropy of the core's answer, 0 to 1, with which a draw is
/// smoothed.</param>
/// <param name="Selector">For <c>network</c>: the selection network, a bundled name or the file's name.</param>
public sealed record RoutingIdentity(
    string Core,
    string Selection,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? EntropyThreshold = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Selector = null)
{
    /// <summary>Whether the mechanism is known and comes with what belongs to it and nothing else.</summary>
    [JsonIgnore]
    public bool IsValid => Selection switch
    {
        "entropy" => EntropyThreshold is >= 0 and <= 1 && Selector is null,
        "network" => EntropyThreshold is null && Selector is not null,
        _ => false,
    };

    /// <summary>Selection by entropy.</summary>
    /// <param name="core">The plain model.</param>
    /// <param name="threshold">The largest entropy, 0 to 1.</param>
    public static RoutingIdentity ByEntropy(string core, double threshold) => new(core, "entropy", threshold);

    /// <summary>Selection by a network.</summary>
    /// <param name="core">The plain model.</param>
    /// <param name="selector">The selection network.</param>
    public static RoutingIdentity ByNetwork(string core, string selector) => new(core, "network", null, selector);
}

/// <summary>The sampling plan of a run and where it may look at the votes.</summary>
/// <param name="Name"><c>fixed</c>, <c>staged</c> or <c>routed</c>.</param>
/// <param name="Looks">The looks the plan may take, in order of draws; the last has all n.</param>
public sealed record PlanIdentity(string Name, IReadOnlyList<PlannedLook> Looks)
{
    /// <summary>The identity of a plan.</summary>
    /// <param name="plan">The plan that a run samples by.</param>
    public static PlanIdentity Of(SamplingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new PlanIdentity(plan.Name, plan.Looks);
    }
}

/// <summary>What runs the networks of a run.</summary>
/// <param name="Name">The engine.</param>
public sealed record EngineIdentity([property: JsonConverter(typeof(EngineConverter))] Engine Name)
{
    /// <summary>TorchSharp: the engine of every run that names none.</summary>
    public static EngineIdentity Torch { get; } = new(Engine.Torch);

    /// <summary>The version of ONNX Runtime; null for <see cref="Engine.Torch"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of the graph that it runs; null for <see cref="Engine.Torch"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GraphSha256 { get; init; }

    /// <summary>What the processor has for sums of 8-bit products, such as <c>AVX512_VNNI</c>: with other instructions the same graph gives
    /// other bits. Null unless the graph computes in int8.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InstructionSet { get; init; }
}

/// <summary>A library that runs networks.</summary>
public enum Engine
{
    /// <summary>TorchSharp.</summary>
    Torch = 0,

    /// <summary>ONNX Runtime, over one graph of purifier and classifier.</summary>
    Onnx = 1,
}
