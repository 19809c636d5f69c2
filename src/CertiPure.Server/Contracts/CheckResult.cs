namespace CertiPure.Server.Contracts;

/// <summary>Event <c>check</c>: one check of a certificate.</summary>
/// <param name="Name">The check: <c>image</c>, <c>bound</c>, <c>seal</c>, <c>model</c> or <c>replay</c>.</param>
/// <param name="Title">The same in words.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, or <c>unknown</c> where this service cannot decide it.</param>
/// <param name="Detail">What was found.</param>
public sealed record CheckResult(string Name, string Title, string Outcome, string Detail);
