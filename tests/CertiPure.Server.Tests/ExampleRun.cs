using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests;

/// <summary>Writes run folders without running a network.</summary>
public static class ExampleRun
{
    /// <summary>Writes a folder whose manifest is torn.</summary>
    public static void WriteDamaged(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, RunFolder.ManifestName), "{ torn");
    }

    /// <summary>Writes a run with one image per entry, each with so many votes of 100 for its true class.</summary>
    public static void Write(
        string folder,
        string purifier,
        IReadOnlyList<int> votes,
        double sigma = 0.5,
        BoundKind bound = BoundKind.Top,
        IReadOnlyDictionary<string, string>? weights = null)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var plan = new FixedPlan(10, 100, 0.001, bound);
        var experiment = new Experiment
        {
            Data = new DataIdentity("fashion-mnist", "test", new ImageShape(1, 28, 28), new string('0', 64)),
            Images = [.. Enumerable.Range(0, votes.Count)],
            Sigma = sigma,
            N0 = 10,
            N = 100,
            Alpha = 0.001,
            Bound = bound,
            Plan = PlanIdentity.Of(plan),
            Radii = plan.Radii,
            Seed = 0,
            Noise = NoiseKind.Normal,
            Purifier = new PurifierIdentity(purifier, purifier == "none" ? null : "exact", false, purifier == "none" ? 0 : 1),
            Classifier = new ClassifierIdentity("fashion-mnist", 2),
            Precision = "fp32",
            Batch = 8,
            Weights = weights ?? new Dictionary<string, string>(),
        };
        using RunFolder run = RunFolder.Open(
            folder, experiment, new Shard(0, 1), RunEnvironment.Detect("cpu", 1), time: null);
        for (int id = 0; id < votes.Count; id++)
        {
            // Ten of ten selection draws agree, so that the margin bound too spends all on the selected class.
            double lower = BinomialBound.Lower(votes[id], 100, 0.001);
            run.Append(new Certificate(
                id, 1, lower > 0.5 ? 1 : null, [0, 10], [new Look([100 - votes[id], votes[id]], 1, 0.001, 0)], 100, lower,
                BinomialBound.Radius(lower, sigma), 1) { UpperBound = BinomialBound.UpperOfOthers([], lower) });
        }

        run.Finish();
    }
}
