namespace CertiPure.Server.Hosting;

/// <summary>Ends a request with a problem that its sender can act on.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="title">The kind of problem, the same for all of its kind.</param>
/// <param name="detail">One sentence: what is wrong and what to do.</param>
internal sealed class RequestException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;

    /// <summary>When to come again, for 429 and 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What is wrong with each field of a form.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; init; }

    public static RequestException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "Bad request", detail);

    public static RequestException NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not found", detail);

    public static RequestException TooLarge(string detail) =>
        new(StatusCodes.Status413PayloadTooLarge, "Too large", detail);

    public static RequestException UnsupportedMediaType(string detail) =>
        new(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", detail);

    public static RequestException Busy(string detail, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "Too many requests", detail) { RetryAfter = retryAfter };

    public static RequestException NotReady(int loaded, int total) =>
        new(StatusCodes.Status503ServiceUnavailable, "Not ready", $"{loaded} of {total} models are loaded; ask again in a second.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    public static RequestException Stopping() =>
        new(StatusCodes.Status503ServiceUnavailable, "Stopping", "The service is stopping; send the request again later.")
        {
            RetryAfter = TimeSpan.FromSeconds(30),
        };
}
