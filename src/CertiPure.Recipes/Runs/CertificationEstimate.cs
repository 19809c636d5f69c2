using CertiPure.Images;
using CertiPure.Results;

namespace CertiPure.Recipes.Runs;

/// <summary>What a run would cost on this machine.</summary>
/// <param name="Experiment">What would be certified and how.</param>
/// <param name="Shard">The part that this process would take.</param>
/// <param name="Images">The images of that part.</param>
/// <param name="Draws">Their draws, at most.</param>
/// <param name="NetworkCalls">Network evaluations of those draws, all networks together.</param>
/// <param name="DrawsPerSecond">The base classifier's speed: the median over a few rounds, of one batch for each worker, after a first one.</param>
/// <param name="Hours">The time the draws would take at that speed.</param>
public sealed record CertificationEstimate(
    Experiment Experiment,
    Shard Shard,
    int Images,
    long Draws,
    long NetworkCalls,
    double DrawsPerSecond,
    double Hours)
{
    private const int TimedRounds = 5;

    /// <summary>A run of as many rounds is lengthened by one in a thousand.</summary>
    private const int LeastRounds = 1000;
    private const double LongestSeconds = 1e9;

    /// <summary>Times the base classifier.</summary>
    /// <param name="model">The base classifier that the experiment describes.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="shard">The part of it.</param>
    public static CertificationEstimate Measure(BaseModel model, Experiment experiment, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(shard);
        int images = shard.Select(experiment.Images).Count;
        long draws = images * ((long)experiment.N0 + experiment.N);
        IBaseClassifier classifier = model.BaseClassifier;
        // The first round also loads and compiles.
        Round(model);
        double[] seconds = [.. Enumerable.Range(0, TimedRounds).Select(_ => Round(model)).Order()];
        double rate = model.Workers.Workers * classifier.BatchSize / seconds[TimedRounds / 2];
        return new CertificationEstimate(
            experiment, shard, images, draws, draws * CallsPerDraw(experiment), rate, draws / rate / 3600);
    }

    /// <summary>The time of a run of many draws, from one round of one batch for each worker; null for so few draws that the round would
    /// cost a noticeable part of the run.</summary>
    /// <param name="model">The base classifier.</param>
    /// <param name="draws">The draws of the run, at most.</param>
    public static TimeSpan? TimeOfLongRun(BaseModel model, long draws)
    {
        ArgumentNullException.ThrowIfNull(model);
        long perRound = (long)model.Workers.Workers * model.BaseClassifier.BatchSize;
        return draws < LeastRounds * perRound ? null : TimeSpan.FromSeconds(Math.Min(Round(model) * draws / perRound, LongestSeconds));
    }

    private static double Round(BaseModel model) => model.Workers.Time(() => model.BaseClassifier.Classify(
        new ImageBatch(model.BaseClassifier.Shape, model.BaseClassifier.BatchSize), new int[model.BaseClassifier.BatchSize]));

    /// <summary>The purifier, the classifier and, under routing, the network that selects.</summary>
    private static int CallsPerDraw(Experiment experiment) =>
        experiment.Purifier.NetworkCalls + (experiment.Routing is null ? 1 : 2);
}
