using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>One attempt to break a certificate.</summary>
/// <param name="Claimed">The certificate.</param>
/// <param name="Factor">How far the attack went, as a multiple of the certified radius.</param>
/// <param name="Distance">The L2 distance of the changed image in pixel space, at most that far.</param>
/// <param name="Prediction">What PREDICT answers to the changed image with fresh noise.</param>
public sealed record AttackAttempt(Certificate Claimed, double Factor, double Distance, Prediction Prediction)
{
    /// <summary>Whether the attack stayed within the certified radius.</summary>
    public bool IsInside => Distance <= Claimed.Radius;

    /// <summary>Whether PREDICT is sure of another class. An abstention is not.</summary>
    public bool ChangesAnswer => Prediction.Predicted is { } label && label != Claimed.Predicted;

    /// <summary>Whether the certificate is broken: another class within the certified radius.</summary>
    public bool IsViolation => IsInside && ChangesAnswer;
}
