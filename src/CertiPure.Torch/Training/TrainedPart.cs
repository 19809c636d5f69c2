namespace CertiPure.Torch.Training;

/// <summary>A network within the trained one that gets a file of its own: all of it, or purifier and classifier where both are
/// trained.</summary>
/// <param name="Metadata">What the file carries: <c>architecture</c>, <c>arguments</c> and, for purifiers,
/// <c>preconditioning</c>.</param>
public sealed record TrainedPart(IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>What its parameters' names begin with in the trained network, and do not in the file.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The file's name in the run's folder.</summary>
    public string FileName { get; init; } = "weights.safetensors";
}
