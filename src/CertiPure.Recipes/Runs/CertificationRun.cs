using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>Certifies the pending images of a run folder, one log line each as it is ready.</summary>
public static class CertificationRun
{
    /// <summary>Works until every image of the run's shard has its certificate.</summary>
    /// <param name="run">The run; finished and released by the caller's dispose.</param>
    /// <param name="images">The images that the run's ids refer to.</param>
    /// <param name="classifier">The base classifier that the run's experiment describes.</param>
    /// <param name="plan">The plan that the run's experiment describes.</param>
    /// <param name="certified">Told of every certificate after it is on the disk.</param>
    /// <param name="cancellation">Stops; what is certified stays, and opening the run again goes on from there.</param>
    /// <exception cref="CertiPureException">An image cannot be read, the network fails, or the disk is full.</exception>
    public static async Task CompleteAsync(
        RunFolder run,
        IImageSource images,
        IBaseClassifier classifier,
        SamplingPlan plan,
        Action<Certificate>? certified = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(plan);
        Experiment experiment = run.Manifest.Experiment;
        using var queue = new DrawQueue(classifier);
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed, experiment.Noise));
        try
        {
            IEnumerable<LabeledImage> pending = run.Pending.Select(images.Read);
            await foreach (Certificate certificate in smoothed
                .CertifyAsync(pending, plan, null, cancellation)
                .ConfigureAwait(false))
            {
                run.Append(certificate);
                certified?.Invoke(certificate);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            run.Finish();
            throw;
        }

        run.Finish();
    }
}
