namespace CertiPure.Torch.Purifiers;

/// <summary>The noise level that a network is told (<c>--level</c>).</summary>
public enum NoiseLevelRule
{
    /// <summary>t = 2 sigma.</summary>
    Exact,

    /// <summary>The one of 18 Karras levels that is nearest to 2 sigma, as in the published code of Consistency
    /// Purification.</summary>
    Nearest,
}
