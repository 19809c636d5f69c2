namespace CertiPure.Server.Hosting;

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
