using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

/// <summary>Experiments and certificates as a run would have them.</summary>
internal static class Samples
{
    public static Experiment Experiment(params int[] images) => new()
    {
        Data = new DataIdentity("digits", "test", new ImageShape(1, 28, 28), new string('a', 64)),
        Images = images.Length > 0 ? images : [0, 20, 40, 60, 80, 100, 120],
        Sigma = 0.5,
        N0 = 10,
        N = 100,
        Alpha = 0.001,
        Plan = PlanIdentity.Of(new FixedPlan(10, 100, 0.001)),
        Radii = [0, 0.25, 0.5],
        Seed = 7,
        Noise = NoiseKind.Normal,
        Purifier = new PurifierIdentity("consistency", "exact", Clamp: true, NetworkCalls: 1),
        Classifier = new ClassifierIdentity("small", 3),
        Precision = "fp32",
        Batch = 64,
        Weights = new Dictionary<string, string> { ["purifier"] = new('b', 64), ["classifier"] = new('c', 64) },
    };

    /// <summary>A sound certificate whose votes depend on the id alone.</summary>
    public static Certificate Certificate(int id, double seconds = 0.25, double sigma = 0.5)
    {
        int votes = 100 - (id * 7 % 60);
        double bound = BinomialBound.Lower(votes, 100, 0.001);
        return new Certificate(
            id,
            id % 3,
            bound > 0.5 ? 1 : null,
            [1, 8, 1],
            [new Look([0, votes, 100 - votes], 1, 0.001, 0)],
            100,
            bound,
            BinomialBound.Radius(bound, sigma),
            seconds)
        {
            UpperBound = BinomialBound.UpperOfOthers([], bound),
        };
    }

    public static RunManifest Manifest(Experiment? experiment = null) =>
        new(RunManifest.CurrentFormatVersion, experiment ?? Experiment(), Shard.Whole, [Environment()]);

    public static RunEnvironment Environment(TimeProvider? time = null) =>
        RunEnvironment.Detect("cpu", threads: 2, instructionSet: "AVX2", time);
}
