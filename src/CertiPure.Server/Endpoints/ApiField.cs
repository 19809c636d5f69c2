namespace CertiPure.Server.Endpoints;

/// <summary>A field of a multipart form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>string</c>, <c>number</c>, <c>integer</c> or <c>binary</c>.</param>
/// <param name="Description">What it is.</param>
/// <param name="Example">An example, as JSON; null for a file.</param>
internal sealed record ApiField(string Name, string Type, string Description, string? Example);
