namespace CertiPure.Server.Contracts;

/// <summary>Answer of <c>/readyz</c> where the service is ready.</summary>
/// <param name="Status"><c>ready</c>.</param>
/// <param name="Models">How many combinations of model, purifier and noise level are loaded.</param>
public sealed record ReadyAnswer(string Status, int Models);
