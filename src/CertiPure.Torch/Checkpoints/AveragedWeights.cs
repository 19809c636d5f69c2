namespace CertiPure.Torch.Checkpoints;

/// <summary>Which keys and prefixes of a checkpoint hold averaged weights, which is what one uses of a purifier.</summary>
internal static class AveragedWeights
{
    /// <summary>Whether a key, or a path of keys, is one under which training scripts keep averaged weights (EMA, SWA).</summary>
    public static bool IsName(string name) =>
        name.Contains("ema", StringComparison.OrdinalIgnoreCase) || name.Contains("swa_model", StringComparison.OrdinalIgnoreCase);
}
