using Microsoft.AspNetCore.Http.HttpResults;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Server.Telemetry;

namespace CertiPure.Server.Endpoints;

/// <summary>The API's addresses.</summary>
internal static class ApiRoutes
{
    public static void Map(WebApplication app)
    {
        IServiceProvider services = app.Services;
        var models = services.GetRequiredService<ModelsEndpoint>();
        var runs = services.GetRequiredService<RunsEndpoint>();
        app.MapPost("/v1/certify", (Delegate)services.GetRequiredService<CertifyEndpoint>().HandleAsync).Describe(ApiTexts.Certify);
        app.MapPost("/v1/predict", (Delegate)services.GetRequiredService<PredictEndpoint>().HandleAsync).Describe(ApiTexts.Predict);
        app.MapPost("/v1/purify", (Delegate)services.GetRequiredService<PurifyEndpoint>().HandleAsync).Describe(ApiTexts.Purify);
        app.MapPost("/v1/certificates/verify", (Delegate)services.GetRequiredService<VerifyEndpoint>().HandleAsync)
            .Describe(ApiTexts.Verify);
        app.MapGet("/v1/certificates/{id}", Kept).Describe(ApiTexts.Kept);
        app.MapGet("/v1/models", models.Models).Describe(ApiTexts.Models);
        app.MapGet("/v1/datasets/{name}/images/{id:int}", models.Image).Describe(ApiTexts.Image);
        app.MapGet("/v1/runs", runs.Runs).Describe(ApiTexts.Runs);
        app.MapGet("/v1/runs/{**name}", runs.Curve).Describe(ApiTexts.Curve);
        app.MapGet("/healthz", Health).Describe(ApiTexts.Health);
        app.MapGet("/readyz", Ready).Describe(ApiTexts.Ready);
        app.MapGet("/metrics", (PrometheusText metrics) => TypedResults.Text(metrics.Write(), PrometheusText.ContentType))
            .Describe(ApiTexts.Metrics);
        app.MapOpenApi("/openapi/{documentName}.json");
    }

    private static FileContentHttpResult Kept(string id, CertificateStore store) => store.Find(id) is { } json
        ? TypedResults.Bytes(json, "application/json")
        : throw RequestException.NotFound("This certificate is not kept here, or no longer; its file can still be checked.");

    private static ReadyAnswer Ready(StopSignal stop, ModelWarmup warmup) =>
        stop.IsStopping ? throw RequestException.Stopping()
        : warmup.IsReady ? new ReadyAnswer("ready", warmup.Loaded)
        : throw RequestException.NotReady(warmup.Loaded, warmup.Total);

    private static HealthAnswer Health(StopSignal stop, Admission admission) => new(
        stop.IsStopping ? "stopping" : "ok", Certifier.Version, admission.Requests, admission.PromisedDraws);
}
