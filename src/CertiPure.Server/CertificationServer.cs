using CertiPure.Images;
using CertiPure.Server.Certification;
using CertiPure.Server.Endpoints;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Server.Telemetry;
using CertiPure.Server.Uploads;
using CertiPure.Smoothing;

namespace CertiPure.Server;

/// <summary>Builds the service.</summary>
public static class CertificationServer
{
    /// <summary>Builds the service without starting it.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="library">What it certifies with.</param>
    /// <param name="decoder">How it reads uploaded images.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="logging">Changes where the log goes; to the console by default.</param>
    /// <returns>The service; run it, then dispose it.</returns>
    /// <exception cref="CertiPureException">The configuration cannot be served.</exception>
    public static WebApplication Build(
        ServerOptions options,
        IModelLibrary library,
        IImageDecoder decoder,
        TimeProvider? time = null,
        Action<ILoggingBuilder>? logging = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxUploadBytes;
            kestrel.Limits.MaxConcurrentConnections = 4 * options.MaxRequests;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        logging?.Invoke(builder.Logging);
        AddServices(builder.Services, options, library, decoder, time ?? TimeProvider.System);
        WebApplication app = builder.Build();
        Use(app);
        Map(app);
        return app;
    }

    private static void AddServices(
        IServiceCollection services, ServerOptions options, IModelLibrary library, IImageDecoder decoder, TimeProvider time)
    {
        services.AddSingleton(options).AddSingleton(library).AddSingleton(decoder).AddSingleton(time);
        services.AddSingleton<SeedSource>(FreshSeed.Next);
        services.AddSingleton<UploadReader>().AddSingleton<BoundedDecoder>().AddSingleton<ImageRequestReader>();
        services.AddSingleton<ModelWarmup>().AddHostedService(each => each.GetRequiredService<ModelWarmup>());
        services.AddSingleton<ModelQueues>().AddSingleton<Admission>().AddSingleton<StopSignal>();
        services.AddSingleton<CertificateStore>().AddSingleton<RunLibrary>().AddSingleton<TypicalImages>();
        services.AddSingleton<CertificateSealer>().AddSingleton<Certifier>().AddSingleton<CertificateExamination>();
        services.AddSingleton<ServerMetrics>().AddSingleton<PrometheusText>().AddSingleton<RequestTimer>();
        services.AddSingleton<HostGate>().AddSingleton<ApiKeyGate>().AddSingleton<PageFiles>();
        services.AddSingleton<CertifyEndpoint>().AddSingleton<PredictEndpoint>().AddSingleton<PurifyEndpoint>();
        services.AddSingleton<VerifyEndpoint>().AddSingleton<ModelsEndpoint>().AddSingleton<RunsEndpoint>();
        services.ConfigureHttpJsonOptions(json => ServerJson.Configure(json.SerializerOptions));
        // What is still running when the grace is over gets a moment to tell its client so.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace + TimeSpan.FromSeconds(10));
        services.AddApiDescription();
    }

    private static void Use(WebApplication app)
    {
        // Made now, so that nothing is missed that happens before the first request for it.
        app.Services.GetRequiredService<PrometheusText>();
        app.Services.GetRequiredService<StopSignal>();
        app.Use(HeadRequests.AnswerAsGetAsync);
        app.UseRouting();
        app.Use(app.Services.GetRequiredService<RequestTimer>().MeasureAsync);
        app.Use(SecurityHeaders.AddAsync);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = Problems.HandleAsync,
            SuppressDiagnosticsCallback = _ => true,
        });
        app.Use(app.Services.GetRequiredService<HostGate>().CheckAsync);
        app.Use(SameOriginGate.CheckAsync);
        app.Use(app.Services.GetRequiredService<ApiKeyGate>().CheckAsync);
        app.UseStatusCodePages(status => Problems.WriteStatusAsync(status.HttpContext));
    }

    private static void Map(WebApplication app)
    {
        IServiceProvider services = app.Services;
        services.GetRequiredService<PageFiles>().Map(app);
        ApiRoutes.Map(app);
    }
}
