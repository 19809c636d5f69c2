using System.Reflection;
using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Server.Telemetry;
using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>Runs certifications in the shared queues and issues the documents.</summary>
internal sealed class Certifier(
    ModelQueues queues, CertificateSealer sealer, StopSignal stop, ServerMetrics metrics, TimeProvider time)
{
    /// <summary>CertiPure's version.</summary>
    public static string Version { get; } =
        typeof(Certifier).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Certifies an image in a lane of its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="image">The image.</param>
    /// <param name="plan">How many draws.</param>
    /// <param name="seed">The noise's seed.</param>
    /// <param name="progress">Receives its progress, on the queue's thread; or null.</param>
    /// <param name="aborted">The client has gone.</param>
    public async Task<Certificate> RunAsync(
        QueuedModel model,
        LabeledImage image,
        SamplingPlan plan,
        ulong seed,
        LatestProgress<CertificationProgress>? progress,
        CancellationToken aborted)
    {
        var certification = new Smoothing.Certification(
            image, model.Queue.Classifier.ClassCount, model.Sigma, plan, new NoiseSource(seed), time);
        await RunAsync(
            model, certification, progress is null ? null : () => progress.Report(() => certification.Progress), aborted);
        progress?.ReportEnd(certification.Progress);
        Certificate certificate = certification.Certificate!;
        metrics.Certified(certificate);
        return certificate;
    }

    /// <summary>Runs anything that wants draws.</summary>
    public async Task RunAsync(QueuedModel model, DrawConsumer consumer, Action? progress, CancellationToken aborted)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(aborted, stop.GraceOver);
        try
        {
            await model.Queue.OpenLane().RunAsync(consumer, progress, cancellation.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw new RequestException(
                StatusCodes.Status503ServiceUnavailable,
                "Stopped",
                $"The service stopped after {consumer.Received} of at most {consumer.Limit} draws of this request; send it again "
                + "later.");
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch when (model.Queue.HasFailed)
        {
            // The base classifier has failed, and with it its queue; what this request alone broke leaves the queue to the others.
            queues.Retire(model);
            throw;
        }
    }

    /// <summary>Makes the document of a certificate and seals it.</summary>
    public CertificateDocument Issue(ImageRequest request, CertifySettings settings, Certificate certificate)
    {
        var source = new SingleImageSource(request.Image, request.Origin, request.Split);
        return sealer.Seal(new CertificateDocument
        {
            FormatVersion = CertificateDocument.CurrentFormatVersion,
            Software = $"CertiPure {Version}",
            IssuedAt = time.GetUtcNow(),
            SeedChosenBy = settings.SeedChosenBy,
            Experiment = request.Model.Loaded.Describe(
                source, [request.Image.Id], settings.Plan, settings.Seed, NoiseKind.Normal),
            Certificate = certificate,
            Pixels = request.Image.Bytes.ToArray(),
        });
    }
}
