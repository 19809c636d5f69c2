using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.SamplingPlans;

/// <summary>Certifies real images with the fixed plan of the papers (n = 10,000) and writes down the votes after every 100 draws,
/// from which <see cref="Replay"/> tells what any other plan would have done. The folder is an ordinary run folder with one more
/// file; the same call goes on where it was stopped.</summary>
internal static class Recording
{
    /// <summary>Records.</summary>
    /// <param name="classifier">A bundled name or a path; <c>linear</c> for <see cref="LeastSquaresClassifier"/>.</param>
    /// <param name="purifier">The purifier, as <c>certify</c> takes it.</param>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <param name="images">How many of the 500 images, spread evenly, to have in the end.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="threads">Threads of the networks; null for one per core.</param>
    internal static async Task RunAsync(
        string classifier, string purifier, double sigma, int images, string folder, int? threads)
    {
        IImageSource source = await DataSets
            .OpenAsync("fashion-mnist", new PictureOptions { Split = "test" }, DataLocations.Of(null), Console.Error.WriteLine, default).ConfigureAwait(false);
        var request = new ModelRequest(classifier, PurifierChoice.Parse(purifier), sigma, source.Shape)
        {
            Precision = Precision.Bf16,
            BatchSize = VoteRecord.Interval,
            Threads = threads,
        };
        using BaseModel model = classifier == "linear"
            ? await LeastSquaresClassifier.LoadAsync(request).ConfigureAwait(false)
            : ModelCatalog.Load(request);
        var plan = new FixedPlan();
        Experiment experiment = model.Describe(source, ImageSelection.Parse("every:20").Resolve(source.Count), plan, 0, NoiseKind.Normal);
        using RunFolder run = RunFolder.Open(folder, experiment, Shard.Whole, model.Environment(ComputeDevice.Processor));
        using DrawQueue queue = model.OpenQueue();
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed));
        var votes = new Dictionary<int, List<int>>();
        int wanted = Math.Max(0, images - run.Certificates.Count);
        int[] next = [.. SpreadOrder(experiment.Images).Where(run.Pending.Contains).Take(wanted)];
        await foreach (Certificate certificate in smoothed
            .CertifyAsync(next.Select(source.Read), plan, progress => Note(votes, progress)).ConfigureAwait(false))
        {
            List<int> counts = votes[certificate.Id];
            if (counts.Count != plan.EstimationDraws / VoteRecord.Interval || counts[^1] != certificate.Looks[^1].K)
            {
                throw new InvalidOperationException($"The counts of image {certificate.Id} do not end in its certificate's.");
            }

            int selected = new VoteCounts(certificate.Selection).Top;
            new VoteRecord(certificate.Id, selected == certificate.Label, counts).AppendTo(folder);
            run.Append(certificate);
            votes.Remove(certificate.Id);
        }

        run.Finish();
        Console.WriteLine($"{folder}: {run.Certificates.Count} of {experiment.Images.Count} images");
    }

    /// <summary>Batches have 100 draws and an image takes 100 + 10,000, so each batch is of one image and ends at a checkpoint.</summary>
    private static void Note(Dictionary<int, List<int>> votes, CertificationProgress progress)
    {
        if (progress is { Draws: > 0, Selected: int selected })
        {
            lock (votes)
            {
                if (!votes.TryGetValue(progress.Id, out List<int>? counts))
                {
                    votes.Add(progress.Id, counts = []);
                }

                counts.Add(progress.Votes[selected]);
            }
        }
    }

    /// <summary>Every fifth image first, so that a recording that is stopped covers all of the data set.</summary>
    private static IEnumerable<int> SpreadOrder(IReadOnlyList<int> ids) =>
        ids.Index().OrderBy(pair => pair.Index % 5).ThenBy(pair => pair.Index).Select(pair => pair.Item);
}
