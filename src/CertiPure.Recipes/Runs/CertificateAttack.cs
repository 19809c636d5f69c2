using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Attacks;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Runs;

/// <summary>Tries to break certificates: <see cref="SmoothAdvAttack"/> on the image, then PREDICT on what it found, by the very
/// base classifier that was certified.</summary>
public static class CertificateAttack
{
    /// <summary>Attacks certificates one after the other. Abstentions and radii of 0 claim nothing and are passed over.</summary>
    /// <param name="experiment">The experiment that the certificates belong to.</param>
    /// <param name="certificates">The certificates.</param>
    /// <param name="images">The images that their ids refer to.</param>
    /// <param name="model">The base classifier that was certified.</param>
    /// <param name="differentiable">The same networks in fp32, for the gradients; may be <paramref name="model"/>.</param>
    /// <param name="settings">How to attack.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>One attempt per certificate and factor, as they are made.</returns>
    /// <exception cref="CertiPureException">The model has other weights than the experiment, gives no gradients, or a setting
    /// can never give an answer.</exception>
    public static IEnumerable<AttackAttempt> Of(
        Experiment experiment,
        IEnumerable<Certificate> certificates,
        Func<int, LabeledImage> images,
        BaseModel model,
        BaseModel differentiable,
        AttackSettings settings,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(differentiable);
        ArgumentNullException.ThrowIfNull(settings);
        if (experiment.Routing is not null)
        {
            throw new CertiPureException(
                "The attack knows one smoothed classifier, and these certificates are of two with a choice between them; attack a run "
                + "of one.",
                ErrorReason.InvalidArgument);
        }

        model.RefuseOtherWeights(experiment);
        differentiable.RefuseOtherWeights(experiment);
        Prediction.RefuseTooFewDraws(settings.Draws, experiment.Alpha);
        if (differentiable.ClassifierNetwork is not TorchClassifier classifier)
        {
            throw new CertiPureException(
                $"The attack needs gradients, which the ONNX classifier {model.Classifier.Name} does not give; certify the same network "
                + "from .safetensors or TorchScript to attack it.",
                ErrorReason.InvalidArgument);
        }

        var attack = new SmoothAdvAttack(
            (TorchPurifier?)differentiable.PurifierNetwork, classifier, experiment.Sigma, settings.Seed, new SmoothAdvOptions
            {
                Steps = settings.Steps,
                Samples = settings.Samples,
                OnGrid = experiment.Noise == NoiseKind.Exact,
            });
        return Attempts();

        IEnumerable<AttackAttempt> Attempts()
        {
            foreach (Certificate certificate in certificates)
            {
                if (certificate.Predicted is not { } label || certificate.Radius <= 0)
                {
                    continue;
                }

                float[] pixels = images(certificate.Id).ToPixels();
                foreach (double factor in settings.Factors)
                {
                    cancellation.ThrowIfCancellationRequested();
                    float[] changed = attack.Perturb(pixels, certificate.Id, label, factor * certificate.Radius);
                    VoteCounts votes = Vote(experiment, changed, certificate.Id, model.BaseClassifier, settings, cancellation);
                    yield return new AttackAttempt(
                        certificate,
                        factor,
                        SmoothAdvAttack.Distance(pixels, changed),
                        Prediction.From(certificate.Id, certificate.Label, votes, experiment.Alpha));
                }
            }
        }
    }

    // A draw queue takes images of bytes, and these pixels lie between them.
    private static VoteCounts Vote(
        Experiment experiment,
        float[] pixels,
        int id,
        IBaseClassifier classifier,
        AttackSettings settings,
        CancellationToken cancellation)
    {
        var noise = new NoiseSource(settings.Seed, experiment.Noise);
        var votes = new VoteCounts(classifier.ClassCount);
        var noisy = new ImageBatch(classifier.Shape, classifier.BatchSize);
        int[] labels = new int[classifier.BatchSize];
        while (votes.Total < settings.Draws)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = votes.Total, count = Math.Min(labels.Length, settings.Draws - first);
            for (int i = 0; i < count; i++)
            {
                noise.AddNoise(pixels, id, NoisePhase.Prediction, first + i, experiment.Sigma, noisy[i]);
            }

            classifier.Classify(noisy, labels);
            foreach (int label in labels.AsSpan(0, count))
            {
                votes.Add(label);
            }
        }

        return votes;
    }
}

/// <summary>How certificates are attacked.</summary>
public sealed record AttackSettings
{
    /// <summary>How far to go, as multiples of each certified radius. Up to 1 a changed answer violates the certificate; beyond,
    /// it shows that the attack works.</summary>
    public IReadOnlyList<double> Factors { get; init; } = [1, 4];

    /// <summary>The attack's gradient steps, at least 1.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>The noise draws that each gradient is averaged over, at least 1.</summary>
    public int Samples { get; init; } = 32;

    /// <summary>The draws of PREDICT on each changed image.</summary>
    public int Draws { get; init; } = 1000;

    /// <summary>The seed of the attack's noise and of PREDICT's.</summary>
    public required ulong Seed { get; init; }
}

/// <summary>One attempt to break a certificate.</summary>
/// <param name="Claimed">The certificate.</param>
/// <param name="Factor">How far the attack went, as a multiple of the certified radius.</param>
/// <param name="Distance">The L2 distance of the changed image in pixel space, at most that far.</param>
/// <param name="Prediction">What PREDICT answers to the changed image with fresh noise.</param>
public sealed record AttackAttempt(Certificate Claimed, double Factor, double Distance, Prediction Prediction)
{
    /// <summary>Whether the attack stayed within the certified radius.</summary>
    public bool IsInside => Distance <= Claimed.Radius;

    /// <summary>Whether PREDICT is sure of another class. An abstention is not.</summary>
    public bool ChangesAnswer => Prediction.Predicted is { } label && label != Claimed.Predicted;

    /// <summary>Whether the certificate is broken: another class within the certified radius.</summary>
    public bool IsViolation => IsInside && ChangesAnswer;
}
