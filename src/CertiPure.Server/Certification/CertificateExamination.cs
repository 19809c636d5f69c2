using System.Globalization;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Server.Contracts;
using CertiPure.Server.Models;
using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>Examines a certificate: whether its numbers follow from its counts, and whether its counts come from its seed.</summary>
internal sealed class CertificateExamination(
    IModelLibrary library, ModelQueues queues, Certifier certifier, CertificateSealer sealer, ServerOptions options)
{
    /// <summary>More than any plan has; each costs a search for its threshold.</summary>
    private const int MaximumRadii = 32;
    private const int MaximumLooks = 32;

    private const string Passed = "passed";
    private const string Failed = "failed";
    private const string Unknown = "unknown";

    /// <summary>Whether this service's bounds let it check the certificate's numbers at all.</summary>
    public bool IsWithinBounds(Experiment experiment) =>
        experiment.N <= options.MaxDraws && experiment.N0 <= options.MaxSelectionDraws
        && experiment.Radii.Count <= MaximumRadii && experiment.Plan.Looks.Count <= MaximumLooks;

    /// <summary>The checks that take no draws.</summary>
    public IEnumerable<CheckResult> CheckWithoutDraws(CertificateDocument document)
    {
        yield return CertificateDocument.HashOf(document.Pixels) == document.Experiment.Data.PixelSha256
            ? new("image", "The image", Passed, document.IgnoresImage()
                ? "Its pixels have the given SHA-256. The member image of format version 1, which repeats them, is not read."
                : "Its pixels have the given SHA-256.")
            : new("image", "The image", Failed, "Its pixels do not have the given SHA-256.");
        yield return CheckBound(document);
        yield return sealer.Check(document) switch
        {
            true => new("seal", "The seal", Passed, document.SeedChosenBy == SeedOrigin.Service
                ? "This service issued it, with a fresh seed of its own."
                : "This service issued it, with a seed that the client chose."),
            false => new("seal", "The seal", Failed, "It was changed after this service sealed it."),
            null => new("seal", "The seal", Unknown, "It has no seal of this service, so nothing shows that its seed was fresh."),
        };
    }

    /// <summary>Finds what the certificate was made with: the same networks in the same arithmetic.</summary>
    public async Task<(CheckResult Result, QueuedModel? Model)> FindModelAsync(CertificateDocument document)
    {
        const string title = "The networks";
        Experiment experiment = document.Experiment;
        if (experiment.Routing is not null)
        {
            return (new("model", title, Unknown, "This service does not route between two models."), null);
        }

        // An offer is named like its classifier, but for the extension of a file.
        ModelOffer? offer = library.Models.FirstOrDefault(
            model => model.Name == Path.GetFileNameWithoutExtension(experiment.Classifier.Name));
        if (offer is null || !options.Sigmas.Contains(experiment.Sigma) || experiment.Noise != NoiseKind.Normal)
        {
            return (new("model", title, Unknown, "This service does not offer this classifier with this noise."), null);
        }

        foreach (PurifierOffer purifier in offer.Purifiers)
        {
            QueuedModel model = await queues.GetAsync(offer.Name, purifier.Name, experiment.Sigma);
            if (IsSame(model.Loaded, experiment))
            {
                return (new("model", title, Passed, "The weights here have the given SHA-256."), model);
            }
        }

        // Another service may have other ones under the same name, and so may this one have had.
        return (
            new("model", title, Unknown, "No classifier and purifier here have this name, these weights and this arithmetic."), null);
    }

    /// <summary>Repeats every draw from the seed.</summary>
    public async Task<CheckResult> ReplayAsync(
        CertificateDocument document,
        QueuedModel model,
        LatestProgress<CertificationProgress>? progress,
        CancellationToken cancellationToken)
    {
        const string title = "The draws";
        Experiment experiment = document.Experiment;
        SamplingPlan plan;
        try
        {
            plan = SamplingPlans.Of(experiment);
            plan.Begin(experiment.Sigma);
        }
        catch (CertiPureException)
        {
            return new("replay", title, Unknown, "This service does not have its sampling plan.");
        }

        if (!plan.Looks.SequenceEqual(experiment.Plan.Looks) || !plan.Radii.SequenceEqual(experiment.Radii))
        {
            return new("replay", title, Failed, "Its looks or radii are not those of the sampling plan it names.");
        }

        Certificate claimed = document.Certificate;
        Certificate repeated = await certifier.RunAsync(
            model, document.ToImage(), plan, experiment.Seed, progress, cancellationToken);
        if (!repeated.Selection.SequenceEqual(claimed.Selection) || !Agree(repeated.Looks, claimed.Looks)
            || repeated.Draws != claimed.Draws)
        {
            return new("replay", title, Failed, Difference(claimed, repeated));
        }

        // The bound's check lets a claim pass that is weaker than its votes; what this service issues is never weaker.
        return repeated.Predicted == claimed.Predicted && repeated.LowerBound == claimed.LowerBound
            && (claimed.UpperBound is null || repeated.UpperBound == claimed.UpperBound) && repeated.Radius == claimed.Radius
            ? new("replay", title, Passed, string.Create(
                CultureInfo.InvariantCulture,
                $"All {experiment.N0 + claimed.Draws:N0} draws were repeated from the seed and gave the same votes."))
            : new("replay", title, Failed, "The votes are the same, but its claim is not what they give.");
    }

    /// <summary>The verdict that the checks add up to.</summary>
    public static VerifyAnswer Judge(CertificateDocument document, IReadOnlyList<CheckResult> checks)
    {
        CheckResult? failed = checks.FirstOrDefault(check => check.Outcome == Failed);
        bool replayed = checks.Any(check => check is { Name: "replay", Outcome: Passed });
        // The votes follow from any seed; only the seal shows that this one was not chosen to suit the image.
        bool isFresh = document.SeedChosenBy == SeedOrigin.Service
            && checks.Any(check => check is { Name: "seal", Outcome: Passed });
        return failed is not null
            ? new(false, "refused", isFresh, $"Do not trust this certificate. {failed.Title}: {failed.Detail}", checks)
            : !replayed
            ? new(false, "undecided", isFresh, "Nothing contradicts it, but this service cannot repeat its draws.", checks)
            : isFresh
            ? new(true, "holds", true, "Everything it claims was found again.", checks)
            : new(
                true,
                "holds",
                false,
                "Its votes were found again, but nothing shows that its seed was fresh: somebody who chose the seed could have made the "
                + "image to suit it.",
                checks);
    }

    private static bool Agree(IReadOnlyList<Look> repeated, IReadOnlyList<Look> claimed) =>
        repeated.Count == claimed.Count && repeated.Zip(claimed).All(pair => pair.First.Agrees(pair.Second));

    private static bool IsSame(BaseModel loaded, Experiment experiment) =>
        loaded.Purifier == experiment.Purifier
        && loaded.Classifier == experiment.Classifier
        && Choice.Word(loaded.Precision) == experiment.Precision
        && loaded.BaseClassifier.BatchSize == experiment.Batch
        && loaded.BaseClassifier.Shape == experiment.Data.Shape
        && loaded.Weights.Count == experiment.Weights.Count
        && loaded.Weights.All(weights => experiment.Weights.GetValueOrDefault(weights.Key) == weights.Value);

    private static string Difference(Certificate claimed, Certificate repeated)
    {
        int selection = claimed.Selection.Zip(repeated.Selection, (a, b) => Math.Abs((long)a - b)).Sum(d => (int)Math.Min(d, 1 << 20)) / 2;
        Look? then = claimed.Looks.Count > 0 ? claimed.Looks[^1] : null;
        Look? now = repeated.Looks.Count > 0 ? repeated.Looks[^1] : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The seed gives {now?.K ?? 0} votes of {repeated.Draws} draws, the certificate says {then?.K ?? 0} of {claimed.Draws}; "
            + $"{selection} selection votes differ.");
    }

    private CheckResult CheckBound(CertificateDocument document)
    {
        const string title = "The bound";
        if (!IsWithinBounds(document.Experiment))
        {
            return new("bound", title, Unknown, "It has more draws, looks or radii than this service takes.");
        }

        IReadOnlyList<CertificateObjection> objections = CertificateVerifier.Check(document.Experiment, document.Certificate);
        return objections.Count == 0
            ? new("bound", title, Passed, "The votes support the claimed distance, computed again from the counts.")
            : new("bound", title, Failed, $"The counts do not give it: {objections[0].Problem}.");
    }
}
