namespace CertiPure.Recipes.Devices;

/// <summary>One finding of a <see cref="DeviceCheck"/>.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Quantity">What was measured, with its unit.</param>
/// <param name="Value">The value.</param>
/// <param name="Limit">The largest value that is right, the smallest where <paramref name="IsAtLeast"/>; null for a value that is
/// neither right nor wrong.</param>
/// <param name="IsAtLeast">Whether the limit is the smallest right value.</param>
/// <param name="Error">Why there is no value; null where there is one.</param>
public sealed record DeviceCheckLine(
    string Subject, string Quantity, double Value, double? Limit = null, bool IsAtLeast = false, string? Error = null)
{
    /// <summary>Whether it is as it should be.</summary>
    public bool Ok => Error is null && (Limit is not { } limit || (IsAtLeast ? Value >= limit : Value <= limit));
}
