namespace CertiPure.Smoothing;

/// <summary>Which votes a certificate's radius follows from.</summary>
public enum BoundKind
{
    /// <summary>The votes of the selected class alone (Cohen et al. 2019): R = sigma PhiInv(p), which abstains up to p = 1/2.</summary>
    Top = 0,

    /// <summary>The votes of the selected class and of its strongest rival: R = sigma/2 (PhiInv(p_low) - PhiInv(p_up)), where the
    /// selection draws ask for it; else as <see cref="Top"/>. See docs/method.md.</summary>
    Margin = 1,
}
