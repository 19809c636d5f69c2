namespace CertiPure.Server.Telemetry;

/// <summary>Counts and times every request by its route.</summary>
internal sealed class RequestTimer(ServerMetrics metrics, TimeProvider time)
{
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        long started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
            metrics.Requested(route, context.Response.StatusCode, time.GetElapsedTime(started).TotalSeconds);
        }
    }
}
