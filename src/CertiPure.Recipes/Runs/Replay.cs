using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>A certificate beside the one that drawing its noise again gives.</summary>
/// <param name="Claimed">The certificate of the log.</param>
/// <param name="Replayed">The certificate of the same draws, made now.</param>
public sealed record Replay(Certificate Claimed, Certificate Replayed)
{
    /// <summary>How many selection votes and votes at the last common look differ. Networks may give other bits on another
    /// processor, so a few may; certificates hold wherever they were drawn.</summary>
    public int DifferingVotes =>
        Moved(Claimed.Selection, Replayed.Selection)
        + Claimed.Looks
            .Join(Replayed.Looks, look => look.N, look => look.N, (claimed, replayed) => claimed.Votes is null || replayed.Votes is null
                ? Math.Abs(claimed.K - replayed.K)
                : Moved(claimed.Votes, replayed.Votes))
            .LastOrDefault();

    /// <summary>How many votes <see cref="DifferingVotes"/> compares: those of the selection and of the last common look.</summary>
    public int ComparedVotes =>
        Claimed.Selection.Sum()
        + Claimed.Looks.Join(Replayed.Looks, look => look.N, look => look.N, (claimed, _) => claimed.N).LastOrDefault();

    /// <summary>Whether another class is predicted, an abstention being a class of its own.</summary>
    public bool ChangesClass => Claimed.Predicted != Replayed.Predicted;

    /// <summary>Whether class and radius are the same.</summary>
    public bool IsConfirmed => Claimed.Predicted == Replayed.Predicted && Claimed.Radius == Replayed.Radius;

    /// <summary>Whether replays refute the run: a predicted class changes, or more than one vote in a thousand of all together differs,
    /// which rounding on another processor does not explain.</summary>
    /// <param name="replays">The replays.</param>
    public static bool Refute(IReadOnlyList<Replay> replays)
    {
        ArgumentNullException.ThrowIfNull(replays);
        return replays.Any(replay => replay.ChangesClass)
            || replays.Sum(replay => 1000L * replay.DifferingVotes) > replays.Sum(replay => (long)replay.ComparedVotes);
    }

    private static int Moved(IReadOnlyList<int> claimed, IReadOnlyList<int> replayed) =>
        claimed.Zip(replayed, (one, other) => Math.Abs(one - other)).Sum() / 2;

    /// <summary>Draws the noise of certificates again.</summary>
    /// <param name="experiment">The experiment that the certificates belong to.</param>
    /// <param name="certificates">The certificates.</param>
    /// <param name="images">The images that their ids refer to.</param>
    /// <param name="model">The base classifier.</param>
    /// <param name="replayed">Told of each as it is ready.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>One per certificate, in their order.</returns>
    /// <exception cref="CertiPureException">The model has other weights than the experiment.</exception>
    public static async Task<IReadOnlyList<Replay>> OfAsync(
        Experiment experiment,
        IReadOnlyList<Certificate> certificates,
        Func<int, LabeledImage> images,
        BaseModel model,
        Action<Replay>? replayed = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(model);
        model.RefuseOtherWeights(experiment);
        SamplingPlan plan = SamplingPlans.Of(experiment);
        ContractProbe probe = RunProbe.Before(model);
        using DrawQueue queue = model.OpenQueue();
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed, experiment.Noise));
        var claimed = certificates.ToDictionary(certificate => certificate.Id);
        var found = new Dictionary<int, Replay>();
        await foreach (Certificate certificate in smoothed
            .CertifyAsync(certificates.Select(known => images(known.Id)), plan, null, cancellation)
            .ConfigureAwait(false))
        {
            var replay = new Replay(claimed[certificate.Id], certificate);
            found.Add(certificate.Id, replay);
            replayed?.Invoke(replay);
        }

        ContractProbe.RefuseChanged(RunProbe.After(probe, model));
        return [.. certificates.Select(certificate => found[certificate.Id])];
    }
}
