namespace CertiPure.Torch.Backend;

/// <summary>One native file that was loaded.</summary>
/// <param name="Path">Where it was loaded from.</param>
/// <param name="Reason">Why from there, in words for <c>certipure doctor</c>.</param>
public sealed record NativeFile(string Path, string Reason);
