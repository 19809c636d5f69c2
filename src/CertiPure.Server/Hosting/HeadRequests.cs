namespace CertiPure.Server.Hosting;

/// <summary>Answers HEAD wherever GET is answered, with the same status and headers (RFC 9110, section 9.3.2). The HTTP server
/// itself goes by the request line and sends no body.</summary>
internal static class HeadRequests
{
    public static Task AnswerAsGetAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    }
}
