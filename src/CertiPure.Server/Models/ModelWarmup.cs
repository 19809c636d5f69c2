using CertiPure.Images;

namespace CertiPure.Server.Models;

/// <summary>Loads every model with each purifier and noise level when the service starts, and runs one batch through each, so that
/// no client waits for it. The service is ready when all are loaded; one that cannot be loaded stops it.</summary>
internal sealed partial class ModelWarmup(
    IModelLibrary library, ModelQueues queues, ServerOptions options, IHostApplicationLifetime lifetime, ILogger<ModelWarmup> logger)
    : BackgroundService
{
    private volatile int _loaded;

    /// <summary>How many combinations of model, purifier and noise level are loaded.</summary>
    public int Loaded => _loaded;

    /// <summary>How many there are to load; none where models are loaded on first use.</summary>
    public int Total => options.Lazy ? 0 : library.Models.Sum(model => model.Purifiers.Count) * options.Sigmas.Count;

    /// <summary>Whether every model is loaded.</summary>
    public bool IsReady => Loaded >= Total;

    /// <summary>Why a model could not be loaded; null where none failed.</summary>
    public CertiPureException? Failure { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Lazy)
        {
            return;
        }

        // The defaults first: what most requests ask for.
        var all = from model in library.Models
                  from purifier in model.Purifiers
                  from sigma in options.Sigmas.OrderBy(sigma => sigma == options.DefaultSigma ? 0 : 1)
                  orderby purifier == model.Purifiers[0] ? 0 : 1
                  select (Model: model, Purifier: purifier.Name, Sigma: sigma);
        foreach ((ModelOffer model, string purifier, double sigma) in all.ToList())
        {
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                QueuedModel loaded = await queues.GetAsync(model.Name, purifier, sigma);
                await loaded.ShowAsync(new ImageBatch(model.Shape, 1), stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (CertiPureException e)
            {
                Failure = e;
                LogFailure(model.Name, purifier, sigma, e);
                lifetime.StopApplication();
                return;
            }

            Interlocked.Increment(ref _loaded);
        }

        LogReady(Total);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready: {Count} combinations of model, purifier and noise level are loaded.")]
    private partial void LogReady(int count);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The model {Model} with purifier {Purifier} at noise level {Sigma} cannot be loaded.")]
    private partial void LogFailure(string model, string purifier, double sigma, Exception exception);
}
