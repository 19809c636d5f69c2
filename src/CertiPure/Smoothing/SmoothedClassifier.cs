using System.Runtime.CompilerServices;
using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>
/// The smoothed classifier g(x) = the class that the base classifier most probably gives x + noise (Cohen et al. 2019): CERTIFY
/// and PREDICT over a shared <see cref="DrawQueue"/>, for one image or a stream of them. Each instance has a lane of its own in
/// the queue: one for a run, one per request of a service.
/// </summary>
public sealed class SmoothedClassifier
{
    private readonly DrawQueue _queue;
    private readonly DrawLane _lane;
    private readonly NoiseSource _noise;
    private readonly TimeProvider _time;

    /// <summary>Joins the queue.</summary>
    /// <param name="queue">The queue of the base classifier; it outlives this.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="time">The clock of the certificates' seconds; null for the system's.</param>
    public SmoothedClassifier(DrawQueue queue, NoiseSource noise, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(noise);
        _queue = queue;
        _lane = queue.OpenLane();
        _noise = noise;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Certifies one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="progress">Told after every batch, but not under certified routing; on the queue's thread, so it must be
    /// quick.</param>
    /// <param name="cancellationToken">Frees the image's draws at once.</param>
    /// <exception cref="CertiPureException">The image does not fit the base classifier.</exception>
    public async Task<Certificate> CertifyAsync(
        LabeledImage image,
        SamplingPlan plan,
        Action<CertificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (_queue.Classifier is RoutedClassifier routed)
        {
            return await CertifyRoutedAsync(routed, image, plan, cancellationToken).ConfigureAwait(false);
        }

        var certification = new Certification(
            image, _queue.Classifier.ClassCount, _queue.Classifier.Sigma, plan, _noise, _time);
        Action? report = progress is null ? null : () => progress(certification.Progress);
        await _lane.RunAsync(certification, report, cancellationToken).ConfigureAwait(false);
        return certification.Certificate!;
    }

    /// <summary>Certifies images one after the other, a few at a time so that batches stay full. Certificates come as they are
    /// ready, which for staged plans need not be the images' order. Memory does not grow with the number of images.</summary>
    /// <param name="images">The images, read as they are needed.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="progress">Told after every batch, for each image in it; on the queue's thread, so it must be quick.</param>
    /// <param name="cancellationToken">Stops; certificates that were given out are complete, images in work are dropped.</param>
    /// <exception cref="CertiPureException">An image does not fit the base classifier.</exception>
    public IAsyncEnumerable<Certificate> CertifyAsync(
        IEnumerable<LabeledImage> images,
        SamplingPlan plan,
        Action<CertificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return RunAllAsync(
            images,
            plan.SelectionDraws + plan.Looks[0].N,
            (image, token) => CertifyAsync(image, plan, progress, token),
            cancellationToken);
    }

    /// <summary>Certifies images under every classifier of a <see cref="PurifiedClassifierGroup"/> at once, on the same draws.</summary>
    /// <param name="images">The images, read as they are needed.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="cancellationToken">Stops; certificates that were given out are complete, images in work are dropped.</param>
    /// <returns>For each image its certificates in the classifiers' order.</returns>
    /// <exception cref="InvalidOperationException">The queue's base classifier is not a group.</exception>
    /// <exception cref="CertiPureException">An image does not fit the base classifier.</exception>
    public IAsyncEnumerable<IReadOnlyList<Certificate>> CertifyGroupAsync(
        IEnumerable<LabeledImage> images, SamplingPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PurifiedClassifierGroup classifiers = _queue.Classifier as PurifiedClassifierGroup
            ?? throw new InvalidOperationException("The queue's base classifier is not a group of classifiers.");
        return RunAllAsync(
            images,
            plan.SelectionDraws + plan.Looks[0].N,
            async (image, token) =>
            {
                var certifications = new CertificationGroup(image, classifiers, plan, _noise, _time);
                await _lane.RunAsync(certifications, null, token).ConfigureAwait(false);
                return certifications.Certificates;
            },
            cancellationToken);
    }

    /// <summary>PREDICT for one image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="draws">The number of draws, n.</param>
    /// <param name="alpha">The probability with which an answer may be wrong, 0 &lt; alpha &lt; 1.</param>
    /// <param name="cancellationToken">Frees the image's draws at once.</param>
    /// <exception cref="CertiPureException">The image does not fit the base classifier, or so few draws can never give an
    /// answer.</exception>
    public async Task<Prediction> PredictAsync(
        LabeledImage image, int draws, double alpha, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        Prediction.RefuseTooFewDraws(draws, alpha);
        VoteCounts votes = await CountAsync(image, NoisePhase.Prediction, draws, cancellationToken).ConfigureAwait(false);
        return Prediction.From(image.Id, image.Label, votes, alpha);
    }

    /// <summary>PREDICT for images one after the other, answers as they are ready.</summary>
    /// <param name="images">The images, read as they are needed.</param>
    /// <param name="draws">The number of draws per image, n.</param>
    /// <param name="alpha">The probability with which an answer may be wrong, 0 &lt; alpha &lt; 1.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="CertiPureException">An image does not fit the base classifier.</exception>
    public IAsyncEnumerable<Prediction> PredictAsync(
        IEnumerable<LabeledImage> images, int draws, double alpha, CancellationToken cancellationToken = default) =>
        RunAllAsync(images, draws, (image, token) => PredictAsync(image, draws, alpha, token), cancellationToken);

    /// <summary>Counts the votes of the first draws of a phase: how a certificate's counts are drawn again.</summary>
    /// <param name="image">The image, with the id it had.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="draws">The number of draws.</param>
    /// <param name="cancellationToken">Frees the image's draws at once.</param>
    /// <exception cref="CertiPureException">The image does not fit the base classifier.</exception>
    public async Task<VoteCounts> CountAsync(
        LabeledImage image, NoisePhase phase, int draws, CancellationToken cancellationToken = default)
    {
        var sampling = new Sampling(image, _queue.Classifier.ClassCount, phase, draws, _noise);
        await _lane.RunAsync(sampling, cancellationToken: cancellationToken).ConfigureAwait(false);
        return sampling.Votes;
    }

    private async Task<Certificate> CertifyRoutedAsync(
        RoutedClassifier routed, LabeledImage image, SamplingPlan plan, CancellationToken cancellationToken)
    {
        if (plan is not RoutedPlan routedPlan)
        {
            throw new CertiPureException(
                $"Certified routing has a plan of its own, with half of alpha for either bound, not '{plan?.Name}'.", ErrorReason.InvalidArgument);
        }

        // On a thread that ends: one of the pool that has called a network would keep its share of the cores.
        int plain = await Task.Factory
            .StartNew(PlainAnswer, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .ConfigureAwait(false);
        var certification = new RoutedCertification(
            image, routed.ClassCount / 2, routed.Sigma, plain, routedPlan, _noise, _time);
        await _lane.RunAsync(certification, null, cancellationToken).ConfigureAwait(false);
        return certification.Certificate!;

        int PlainAnswer()
        {
            _queue.Workers.Begin?.Invoke();
            return routed.PlainAnswer(image);
        }
    }

    private async IAsyncEnumerable<T> RunAllAsync<T>(
        IEnumerable<LabeledImage> images,
        int sureDraws,
        Func<LabeledImage, CancellationToken, Task<T>> run,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(images);

        // Between two checkpoints of its plan, 50 draws or more apart, an image has no other sure draws; this many images
        // together still fill the batches in flight and the next ones.
        int batches = (2 * _queue.Workers.Count) + 1;
        int window = 2 + (batches * _queue.Classifier.BatchSize / Math.Clamp(sureDraws, 1, 50));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>();
        try
        {
            using IEnumerator<LabeledImage> source = images.GetEnumerator();
            bool more = true;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (more && running.Count < window && (more = source.MoveNext()))
                {
                    running.Add(run(source.Current, cancellation.Token));
                }

                if (running.Count == 0)
                {
                    yield break;
                }

                Task<T> done = await Task.WhenAny(running).ConfigureAwait(false);
                running.Remove(done);
                yield return await done.ConfigureAwait(false);
            }
        }
        finally
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            foreach (Task<T> task in running)
            {
                // Their end is awaited so that no draw of this call is left in the queue; how they end no longer matters.
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
