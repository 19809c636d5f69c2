using Microsoft.Net.Http.Headers;

namespace CertiPure.Server.Hosting;

/// <summary>Headers of every answer. The page needs nothing but its own files, so its policy allows nothing else.</summary>
internal static class SecurityHeaders
{
    /// <summary><c>data:</c> pictures are the service's PNGs inside JSON; <c>blob:</c> ones are files that the user dropped.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' data: blob:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // As the last thing before the answer begins: an error handler clears the headers that it finds.
        context.Response.OnStarting(() =>
        {
            Add(context.Response.Headers);
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static void Add(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (!headers.ContainsKey(HeaderNames.CacheControl))
        {
            headers.CacheControl = "no-store";
        }
    }
}
