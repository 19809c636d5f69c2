namespace CertiPure.Torch.Checkpoints.Recognition;

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
