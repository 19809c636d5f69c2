namespace CertiPure.Server.Contracts;

/// <summary>How the service is.</summary>
/// <param name="Status"><c>ok</c> or <c>stopping</c>.</param>
/// <param name="Version">CertiPure's version.</param>
/// <param name="Requests">Requests at work or waiting.</param>
/// <param name="QueuedDraws">Draws promised and not yet done.</param>
public sealed record HealthAnswer(string Status, string Version, int Requests, long QueuedDraws);

/// <summary>Answer of <c>/readyz</c> where the service is ready.</summary>
/// <param name="Status"><c>ready</c>.</param>
/// <param name="Models">How many combinations of model, purifier and noise level are loaded.</param>
public sealed record ReadyAnswer(string Status, int Models);
