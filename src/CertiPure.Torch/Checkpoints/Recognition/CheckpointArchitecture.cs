using CertiPure.Torch.Networks;
namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Tells from a checkpoint's metadata, or else from its tensors' names and shapes, what network it is of.</summary>
public static class CheckpointArchitecture
{
    // Networks that are used as they are published and need no conversion, by names that they alone have.
    private static readonly (string Description, string[] Names)[] Others =
    [
        ("torchvision's SqueezeNet 1.1", ["features.3.squeeze.weight", "features.12.expand3x3.weight"]),
        ("torchvision's VGG-16", ["features.0.weight", "features.28.weight"]),
        ("torchvision's AlexNet", ["features.0.weight", "features.10.weight"]),
        ("LPIPS's linear heads", ["lin0.model.1.weight", "lin4.model.1.weight"]),
        ("pytorch-fid's Inception-v3", ["Conv2d_1a_3x3.conv.weight", "Mixed_7c.branch1x1.conv.weight"]),
    ];

    /// <summary>The network; null if nothing is recognised. A file that CertiPure wrote says it itself.</summary>
    public static RecognisedNetwork? Recognise(Checkpoint checkpoint)
    {
        if (checkpoint.Metadata.TryGetValue(Architecture.NameKey, out string? written))
        {
            return new RecognisedNetwork(written, written, checkpoint.Metadata.GetValueOrDefault(Architecture.ArgumentsKey), checkpoint.Metadata);
        }

        return RecogniseTensors(checkpoint) ?? SeveralNetworks(checkpoint);
    }

    private static RecognisedNetwork? SeveralNetworks(Checkpoint checkpoint)
    {
        string[] parts = [.. NetworkPart.Candidates(checkpoint).Select(candidate => candidate.Prefix.TrimEnd('.'))];
        return parts.Length > 1
            ? new RecognisedNetwork(
                $"several networks ({string.Join(", ", parts.Take(5))}), of which one must be saved alone", null, null, new Dictionary<string, string>())
            : null;
    }

    /// <summary>The network by its tensors' names and shapes; null if nothing is recognised.</summary>
    internal static RecognisedNetwork? RecogniseTensors(Checkpoint checkpoint)
    {
        var shapes = new NamedShapes(checkpoint);
        return EdmSignature.Recognise(checkpoint, new NamedShapes(checkpoint, isPreconditioned: true))
            ?? OpenAiSignature.Recognise(shapes)
            ?? DiffusersSignature.Recognise(checkpoint, shapes)
            ?? FlaxSignature.Recognise(shapes)
            ?? ClassifierSignature.Recognise(checkpoint, shapes)
            ?? Others.Where(other => shapes.Has(other.Names))
                .Select(other => new RecognisedNetwork(other.Description, null, null, new Dictionary<string, string>()))
                .FirstOrDefault();
    }
}

/// <summary>What a checkpoint's tensors say about the network that they belong to.</summary>
/// <param name="Description">The network in words, for messages: <c>EDM's SongUNet (DDPM++), 32x32, 128 channels</c>.</param>
/// <param name="Architecture">The name in the list of architectures; null if this project only uses its features.</param>
/// <param name="Arguments">The architecture's arguments as JSON; null if the tensors do not determine them.</param>
/// <param name="Metadata">What else a converted file says by default: <c>preconditioning</c> where it is certain, and for classifiers
/// <c>shape</c>, and <c>mean</c> and <c>std</c> where the file or its folder says them.</param>
public sealed record RecognisedNetwork(
    string Description, string? Architecture, string? Arguments, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>For a classifier whose file does not say what happens to its pixels first: the mean and standard deviation that its family
    /// usually takes, in words. Null where the file says it.</summary>
    public string? UsualPixels { get; init; }
}
