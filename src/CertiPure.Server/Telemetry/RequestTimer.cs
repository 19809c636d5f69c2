namespace CertiPure.Server.Telemetry;

/// <summary>Counts and times every request by its route.</summary>
internal sealed class RequestTimer(ServerMetrics metrics, TimeProvider time)
{
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        long started = time.GetTimestamp();
        // Read now: whoever handles an error forgets it.
        string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        try
        {
            await next(context);
        }
        finally
        {
            metrics.Requested(route, context.Response.StatusCode, time.GetElapsedTime(started).TotalSeconds);
        }
    }
}
