using System.Security.Cryptography;
using System.Text;

namespace CertiPure.Server.Hosting;

/// <summary>Asks for the API key, where one is configured, before everything but the page's own files, the probes and the API's description, which holds nothing secret.</summary>
internal sealed class ApiKeyGate(ServerOptions options)
{
    public const string HeaderName = "X-Api-Key";

    private readonly byte[]? _hash = options.ApiKey is { } key ? Hash(key) : null;

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (_hash is null || !IsGuarded(context.Request.Path) || Matches(context.Request))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "ApiKey";
        return Problems.WriteAsync(
            context, StatusCodes.Status401Unauthorized, "API key needed", $"Send the service's key in the header {HeaderName}.");
    }

    /// <summary>Whether a key is asked for at an address, where one is configured.</summary>
    public static bool IsGuarded(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments("/metrics");

    /// <summary>Hashes have one length, so the comparison's time tells nothing of the key.</summary>
    private bool Matches(HttpRequest request) =>
        request.Headers.TryGetValue(HeaderName, out var given)
        && CryptographicOperations.FixedTimeEquals(Hash(given.ToString()), _hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
