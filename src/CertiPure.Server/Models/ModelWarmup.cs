using System.Collections.Concurrent;
using CertiPure.Images;
using CertiPure.Server.Certification;
using CertiPure.Smoothing;

namespace CertiPure.Server.Models;

/// <summary>Loads every model with each purifier and noise level when the service starts, and runs draws through each, so that
/// no client waits for it and the page can say how long draws take. The service is ready when all are loaded; one that cannot be loaded stops it.</summary>
internal sealed partial class ModelWarmup(
    IModelLibrary library,
    ModelQueues queues,
    ServerOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ModelWarmup> logger)
    : BackgroundService
{
    /// <summary>Batches that are timed, so that the workers have something to share.</summary>
    private const int TimedBatches = 4;

    private readonly ConcurrentDictionary<(string Model, string Purifier), double> _drawsPerSecond = new();
    private volatile int _loaded;

    /// <summary>How many combinations of model, purifier and noise level are loaded.</summary>
    public int Loaded => _loaded;

    /// <summary>How many there are to load; none where models are loaded on first use.</summary>
    public int Total => options.Lazy ? 0 : library.Models.Sum(model => model.Purifiers.Count) * options.Sigmas.Count;

    /// <summary>Whether every model is loaded.</summary>
    public bool IsReady => Loaded >= Total;

    /// <summary>Why a model could not be loaded; null where none failed.</summary>
    public CertiPureException? Failure { get; private set; }

    /// <summary>The draws per second of a model with a purifier, measured at the start; null before that.</summary>
    public double? DrawsPerSecond(string model, string purifier) =>
        _drawsPerSecond.TryGetValue((model, purifier), out double rate) ? rate : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Lazy)
        {
            return;
        }

        // A host that is stopped while it starts does not start in order.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = lifetime.ApplicationStarted.UnsafeRegister(_ => started.TrySetResult(), null);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

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
                int batch = loaded.Queue.Classifier.BatchSize;
                await RunAsync(loaded, batch, stoppingToken);
                if (sigma == options.DefaultSigma)
                {
                    long begun = time.GetTimestamp();
                    await RunAsync(loaded, TimedBatches * batch, stoppingToken);
                    _drawsPerSecond[(model.Name, purifier)] = TimedBatches * batch / time.GetElapsedTime(begun).TotalSeconds;
                }
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

    /// <summary>Draws of a black image, in the queue that clients' draws go through.</summary>
    private static Task RunAsync(QueuedModel model, int draws, CancellationToken stopping)
    {
        IBaseClassifier classifier = model.Queue.Classifier;
        var image = new LabeledImage(0, null, classifier.Shape, new byte[classifier.Shape.Length]);
        var sampling = new Sampling(image, classifier.ClassCount, NoisePhase.Display, draws, new NoiseSource(FreshSeed.Next()));
        return model.Queue.OpenLane().RunAsync(sampling, null, stopping);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready: {Count} combinations of model, purifier and noise level are loaded.")]
    private partial void LogReady(int count);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The model {Model} with purifier {Purifier} at noise level {Sigma} cannot be loaded.")]
    private partial void LogFailure(string model, string purifier, double sigma, Exception exception);
}
