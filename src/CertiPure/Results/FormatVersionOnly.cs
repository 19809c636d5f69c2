namespace CertiPure.Results;

/// <summary>What is read of a manifest before anything else is trusted.</summary>
internal sealed record FormatVersionOnly(int FormatVersion);
