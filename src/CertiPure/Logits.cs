namespace CertiPure;

/// <summary>Class scores, whichever classifier gave them.</summary>
internal static class Logits
{
    /// <summary>Refuses scores among which a best one would be picked at random: it would be counted as a vote.</summary>
    /// <exception cref="CertiPureException">A score is not a finite number.</exception>
    public static void RequireFinite(ReadOnlySpan<float> logits)
    {
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
            {
                throw new CertiPureException(
                    "The classifier gave logits that are not finite numbers: check its weights and the range of its input.");
            }
        }
    }
}
