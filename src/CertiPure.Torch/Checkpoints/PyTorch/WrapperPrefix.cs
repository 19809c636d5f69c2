namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>The prefixes that wrappers put before every name of a state dict and that say nothing of the network.</summary>
internal static class WrapperPrefix
{
    // DataParallel's; torch.compile's; a Sequential of a normalisation without parameters and the network (locuslab/smoothing).
    private static readonly string[] Known = ["module.", "_orig_mod.", "1."];

    /// <summary>What all the names begin with and may lose; empty if there is nothing.</summary>
    public static string Of(IReadOnlyList<string> names)
    {
        string prefix = "";
        while (names.Count > 0 && Known.FirstOrDefault(
            known => names.All(name => name.AsSpan(prefix.Length).StartsWith(known) && name.Length > prefix.Length + known.Length)) is { } next)
        {
            prefix += next;
        }

        return prefix;
    }
}
