namespace CertiPure.Server.Endpoints;

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Description">When it comes.</param>
/// <param name="Example">An example; JSON where the media type is.</param>
internal sealed record ApiResponse(int Status, string ContentType, string Description, string? Example)
{
    /// <summary>What its JSON holds, where the address's own method does not say it; null elsewhere.</summary>
    public Type? Body { get; init; }
}
