namespace CertiPure.Server.Contracts;

/// <summary>A purifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="DrawsPerSecond">Draws per second that were measured at the start; null before that.</param>
public sealed record PurifierDescription(string Name, string Title, string Summary, double? DrawsPerSecond);
