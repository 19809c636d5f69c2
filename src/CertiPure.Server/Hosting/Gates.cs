using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

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

/// <summary>
/// Answers only under host names that are the service's own. A site could point a name of its own at this machine (DNS rebinding)
/// and so be of the same origin.
/// </summary>
internal sealed class HostGate
{
    private readonly StringSegment[] _names;
    private readonly bool _takesAddresses;

    public HostGate(ServerOptions options)
    {
        var url = new Uri(options.Url);
        string[] names = ["localhost", "127.0.0.1", "[::1]", url.Host, .. options.HostNames];
        // Browsers send names outside ASCII in punycode.
        _names = [.. names.Select(name => new StringSegment(new HostString(name).ToUriComponent()))];
        // Who listens on every address is reached under each of them, and an address cannot be pointed elsewhere.
        _takesAddresses = IPAddress.TryParse(url.IdnHost, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
    }

    public Task CheckAsync(HttpContext context, RequestDelegate next) => IsOwn(context.Request.Host)
        ? next(context)
        : Problems.WriteAsync(
            context,
            StatusCodes.Status400BadRequest,
            "Unknown host",
            "The service does not answer under this host name; its operator can allow the name in HostNames.");

    /// <summary>HTTP/1.0 knows requests without a host; no browser sends them.</summary>
    private bool IsOwn(HostString host) => !host.HasValue
        || HostString.MatchesAny(host.Host, _names)
        || (_takesAddresses && IPAddress.TryParse(host.Host, out _));
}

/// <summary>
/// Refuses what another site's page makes a browser send. Without cross-origin headers such a page cannot read the answers, but it
/// could still spend this machine's time on a service that listens on loopback.
/// </summary>
internal static class SameOriginGate
{
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsOwn(request))
        {
            return next(context);
        }

        return Problems.WriteAsync(
            context, StatusCodes.Status403Forbidden, "Cross-origin request", "Requests from other sites' pages are refused.");
    }

    private static bool IsOwn(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        string? origin = request.Headers.Origin;
        bool siteIsOwn = site is null or "same-origin" or "none";
        return siteIsOwn && (string.IsNullOrEmpty(origin)
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));
    }
}
