namespace CertiPure.Server.Contracts;

/// <summary>Event <c>progress</c> of a replay.</summary>
/// <param name="Draws">Draws so far.</param>
/// <param name="Total">The most draws it will take.</param>
public sealed record DrawsEvent(int Draws, int Total);
