using System.Net;
using Microsoft.Extensions.Primitives;

namespace CertiPure.Server.Hosting;

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
            "The service does not answer under this host name; whoever runs it can allow the name in HostNames.");

    /// <summary>HTTP/1.0 knows requests without a host; no browser sends them.</summary>
    private bool IsOwn(HostString host) => !host.HasValue
        || HostString.MatchesAny(host.Host, _names)
        || (_takesAddresses && IPAddress.TryParse(host.Host, out _));
}
