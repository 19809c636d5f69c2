using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Purifiers;

/// <summary>Reads what a checkpoint says of itself.</summary>
internal static class CheckpointMetadata
{
    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="CertiPureException">It is not.</exception>
    public static string Required(Checkpoint checkpoint, string key) =>
        checkpoint.Metadata.TryGetValue(key, out string? value)
            ? value
            : throw new CertiPureException(
                $"The checkpoint '{checkpoint.Path ?? "in memory"}' does not name its {key}.", ErrorReason.MetadataMissing);
}
