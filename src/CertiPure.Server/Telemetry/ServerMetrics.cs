using System.Diagnostics.Metrics;
using CertiPure.Server.Models;
using CertiPure.Smoothing;

namespace CertiPure.Server.Telemetry;

/// <summary>The service's instruments (System.Diagnostics.Metrics, so OpenTelemetry can read them too).</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "CertiPure.Server";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _certificates;
    private readonly Histogram<double> _certificateSeconds;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestSeconds;

    public ServerMetrics(ModelQueues queues)
    {
        _certificates = _meter.CreateCounter<long>("certipure_certificates", null, "Certifications that ended, by outcome.");
        _certificateSeconds = _meter.CreateHistogram<double>(
            "certipure_certificate_seconds", "s", "Time from an image's first draw to its certificate.");
        _requests = _meter.CreateCounter<long>("certipure_requests", null, "HTTP requests, by route and status.");
        _requestSeconds = _meter.CreateHistogram<double>("certipure_request_seconds", "s", "Time of HTTP requests, by route.");
        Observe("certipure_draws", "Draws that were classified.", statistics => statistics.Draws);
        Observe("certipure_batches", "Forward passes of base classifiers.", statistics => statistics.Batches);
        Observe("certipure_padding", "Places of batches that no draw filled.", statistics => statistics.Padding);
        Observe("certipure_discarded_draws", "Draws whose request had ended.", statistics => statistics.Discarded);
        _meter.CreateObservableGauge(
            "certipure_queue_draws", () => queues.Statistics.Waiting, null, "Draws that are needed and not yet taken.");
        _meter.CreateObservableGauge(
            "certipure_queue_requests", () => queues.Statistics.Consumers, null, "Certifications that are waiting or running.");

        void Observe(string name, string description, Func<DrawQueueStatistics, long> value) =>
            _meter.CreateObservableCounter(name, () => value(queues.Statistics), null, description);
    }

    /// <summary>Counts a certificate.</summary>
    public void Certified(Certificate certificate)
    {
        string outcome = certificate.Predicted is null ? "abstained" : "certified";
        _certificates.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _certificateSeconds.Record(certificate.Seconds);
    }

    /// <summary>Counts a request.</summary>
    /// <param name="route">Its route's pattern, never its path: a path may be anything.</param>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="seconds">Its time.</param>
    public void Requested(string route, int status, double seconds)
    {
        _requests.Add(
            1, new KeyValuePair<string, object?>("route", route), new KeyValuePair<string, object?>("status", status));
        _requestSeconds.Record(seconds, new KeyValuePair<string, object?>("route", route));
    }

    public void Dispose() => _meter.Dispose();
}

/// <summary>Counts and times every request by its route.</summary>
internal sealed class RequestTimer(ServerMetrics metrics, TimeProvider time)
{
    public async Task MeasureAsync(HttpContext context, RequestDelegate next)
    {
        long started = time.GetTimestamp();
        // Read now: an error handler forgets it.
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
