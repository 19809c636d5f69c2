using System.Runtime.CompilerServices;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class SmoothedClassifierTests
{
    private static readonly ImageShape Shape = new(3, 5, 4);
    private static readonly TinyClassifier Linear = new(Shape, 5);
    private static readonly NoiseSource Noise = new(77);
    private static readonly LabeledImage[] Images = [.. Enumerable.Range(0, 6).Select(id => TinyClassifier.Image(Shape, id))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SamplingPlan> Plans => [new FixedPlan(37, 500), new StagedPlan([0, 0.05, 0.1, 0.2], 37, 1000)];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Certificates_are_those_of_drawing_one_by_one_for_every_batch_size_order_and_shard(SamplingPlan plan)
    {
        Certificate[] expected = [.. Images.Select(image => OneByOne(image, plan))];
        Assert.Contains(expected, certificate => certificate.Radius > 0);
        foreach (int batch in new[] { 1, 7, 64, 256 })
        {
            AssertSame(expected, await CertifyAll(Images, plan, batch));
        }

        AssertSame(expected, await CertifyAll(Images.Reverse(), plan, 64));
        AssertSame(
            expected,
            [
                .. await CertifyAll(Images.Where((_, i) => i % 3 == 0), plan, 64),
                .. await CertifyAll(Images.Where((_, i) => i % 3 == 1), plan, 64),
                .. await CertifyAll(Images.Where((_, i) => i % 3 == 2), plan, 64),
            ]);
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Clients_at_once_get_the_certificates_they_would_get_alone(SamplingPlan plan)
    {
        using var queue = new DrawQueue(Base(64));
        Certificate[] certificates = await Task.WhenAll(
            Images.Select(image => new SmoothedClassifier(queue, Noise).CertifyAsync(image, plan, null, Cancel)));
        AssertSame([.. Images.Select(image => OneByOne(image, plan))], certificates);
    }

    [Fact]
    public async Task Several_base_classifiers_see_the_same_noise()
    {
        var seen = new List<float[]>[] { [], [] };
        foreach (List<float[]> list in seen)
        {
            var classifier = new ScriptedClassifier(20, (noisy, _) => list.Add(noisy.Pixels.ToArray()));
            using var queue = new DrawQueue(classifier);
            await new SmoothedClassifier(queue, Noise).CertifyAsync(ScriptedClassifier.Image(3), new FixedPlan(20, 80), null, Cancel);
        }

        Assert.Equal(5, seen[0].Count);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(100, seen[0].SelectMany(pixels => pixels).Distinct().Count());
    }

    [Fact]
    public async Task Counts_can_be_drawn_again()
    {
        var plan = new FixedPlan(37, 500);
        using var queue = new DrawQueue(Base(64));
        var smoothed = new SmoothedClassifier(queue, Noise);
        Certificate certificate = await smoothed.CertifyAsync(Images[2], plan, null, Cancel);
        using var another = new DrawQueue(Base(64));
        var replay = new SmoothedClassifier(another, Noise);
        VoteCounts selection = await replay.CountAsync(Images[2], NoisePhase.Selection, 37, Cancel);
        VoteCounts estimation = await replay.CountAsync(Images[2], NoisePhase.Estimation, certificate.Draws, Cancel);
        Assert.Equal(certificate.Selection, selection.ToArray());
        Assert.Equal(certificate.Looks[^1].K, estimation[selection.Top]);
    }

    [Fact]
    public async Task Draws_beyond_the_end_of_a_staged_plan_are_discarded_and_never_counted()
    {
        // Alone in the queue, so that batches are filled with draws that may turn out not to be needed.
        using var queue = new DrawQueue(new ScriptedClassifier(64, (_, labels) => Array.Fill(labels, 1)));
        Certificate certificate = await new SmoothedClassifier(queue, Noise)
            .CertifyAsync(ScriptedClassifier.Image(0), new StagedPlan([0, 0.25], 100, 10_000), null, Cancel);
        Assert.Equal(200, certificate.Draws);
        Assert.Equal((200, 200, 2e-5, 0.0), Assert.Single(certificate.Looks) is var look ? (look.N, look.K, look.AlphaA, look.AlphaB) : default);
        Assert.Equal(300 + queue.Statistics.Discarded, queue.Statistics.Draws);
        Assert.InRange(queue.Statistics.Discarded, 20, 147);
    }

    [Fact]
    public async Task Images_are_read_as_they_are_needed_and_forgotten_when_they_are_done()
    {
        using var queue = new DrawQueue(Base(64));
        var smoothed = new SmoothedClassifier(queue, Noise);
        var read = new List<WeakReference>();
        int done = 0;
        await foreach (Certificate _ in smoothed.CertifyAsync(Fresh(read), new FixedPlan(10, 100), null, Cancel))
        {
            done++;
            Assert.True(read.Count - done <= 6, $"{read.Count} were read when {done} were done");
        }

        Assert.Equal(60, done);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.True(read.Count(reference => reference.IsAlive) <= 10);
    }

    [Fact]
    public async Task Leaving_a_stream_early_leaves_no_draws_behind()
    {
        using var queue = new DrawQueue(Base(64));
        var smoothed = new SmoothedClassifier(queue, Noise);
        await foreach (Certificate _ in smoothed.CertifyAsync(Images, new FixedPlan(10, 100), null, Cancel))
        {
            break;
        }

        Assert.Equal(0, queue.Statistics.Consumers);
    }

    [Fact]
    public async Task Cancellation_ends_a_stream_after_complete_certificates_only()
    {
        using var queue = new DrawQueue(Base(64));
        using var stop = new CancellationTokenSource();
        var certificates = new List<Certificate>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var smoothed = new SmoothedClassifier(queue, Noise);
            await foreach (Certificate certificate in smoothed.CertifyAsync(Images, new FixedPlan(10, 100), null, stop.Token))
            {
                certificates.Add(certificate);
                if (certificates.Count == 3)
                {
                    await stop.CancelAsync();
                }
            }
        });
        Assert.Equal(3, certificates.Count);
        Assert.All(certificates, certificate => Assert.Equal(100, certificate.Looks[^1].N));
        Assert.Equal(0, queue.Statistics.Consumers);
    }

    [Fact]
    public async Task Progress_tells_the_growing_votes()
    {
        using var queue = new DrawQueue(Base(50));
        var seen = new List<CertificationProgress>();
        Certificate certificate = await new SmoothedClassifier(queue, Noise)
            .CertifyAsync(Images[0], new FixedPlan(100, 400), seen.Add, Cancel);
        Assert.Equal(10, seen.Count);
        Assert.Equal([0, 0, 50, 100, 150, 200, 250, 300, 350, 400], seen.Select(progress => progress.Draws));
        Assert.All(seen, progress => Assert.Equal(progress.Draws, progress.Votes.Sum()));
        Assert.Null(seen[0].Selected);
        Assert.Equal(certificate.Predicted ?? seen[^1].Selected, seen[^1].Selected);
        Assert.Equal(certificate.LowerBound, seen[^1].LowerBound);
        Assert.Equal(certificate.Radius, seen[^1].Radius);
    }

    [Fact]
    public async Task Predict_answers_or_abstains_by_the_binomial_test()
    {
        // Two classes by the sign of the noise: no test can tell them apart. And one class always.
        using var coin = new DrawQueue(new ScriptedClassifier(
            32, (noisy, labels) => Each(labels, i => noisy[i][0] > 128 / 255f ? 1 : 0)));
        using var sure = new DrawQueue(new ScriptedClassifier(32, (_, labels) => Array.Fill(labels, 2)));
        Prediction abstention = await new SmoothedClassifier(coin, Noise).PredictAsync(ScriptedClassifier.Image(0), 500, 0.001, Cancel);
        Prediction answer = await new SmoothedClassifier(sure, Noise).PredictAsync(ScriptedClassifier.Image(0), 500, 0.001, Cancel);
        Assert.Null(abstention.Predicted);
        Assert.True(abstention.PValue > 0.001);
        Assert.Equal((2, 500), (answer.Predicted!.Value, answer.Votes[2]));
    }

    [Fact]
    public async Task Predict_refuses_so_few_draws_that_it_could_never_answer()
    {
        using var queue = new DrawQueue(Base(8));
        var smoothed = new SmoothedClassifier(queue, Noise);
        CertiPureException error = await Assert.ThrowsAsync<CertiPureException>(() => smoothed.PredictAsync(Images[0], 10, 0.001, Cancel));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("at least 11", error.Message, StringComparison.Ordinal);
        await smoothed.PredictAsync(Images[0], 11, 0.001, Cancel);
    }

    private static PurifiedClassifier Base(int batch) => new(null, Linear, 0.25, batch);

    private static async Task<List<Certificate>> CertifyAll(IEnumerable<LabeledImage> images, SamplingPlan plan, int batch)
    {
        using var queue = new DrawQueue(Base(batch));
        var certificates = new List<Certificate>();
        await foreach (Certificate certificate in new SmoothedClassifier(queue, Noise).CertifyAsync(images, plan, null, Cancel))
        {
            certificates.Add(certificate);
        }

        return certificates;
    }

    /// <summary>CERTIFY written down plainly: no queue, no state machine, one draw per forward.</summary>
    private static Certificate OneByOne(LabeledImage image, SamplingPlan plan)
    {
        int[] selection = new int[Linear.ClassCount];
        for (int draw = 0; draw < plan.SelectionDraws; draw++)
        {
            selection[Label(image, NoisePhase.Selection, draw)]++;
        }

        int selected = Array.IndexOf(selection, selection.Max());
        Estimation estimation = plan.Begin(0.25);
        estimation.Select(new VoteCounts(selection));
        int[] votes = new int[Linear.ClassCount];
        int n = 0;
        while (!estimation.IsFinished)
        {
            votes[Label(image, NoisePhase.Estimation, n++)]++;
            if (n == estimation.NextCheckpoint)
            {
                estimation.Observe(new VoteCounts(votes));
            }
        }

        double bound = BinomialBound.Lower(estimation.Looks);
        double radius = BinomialBound.Radius(bound, 0.25);
        return new Certificate(
            image.Id, image.Label, bound > 0.5 ? selected : null, selection, estimation.Looks, n, bound, radius, 0);
    }

    private static int Label(LabeledImage image, NoisePhase phase, int draw)
    {
        var batch = new ImageBatch(Shape, 1);
        Noise.AddNoise(image.ToPixels(), image.Id, phase, draw, 0.25, batch[0]);
        float[] logits = Linear.Logits(batch);
        return Array.IndexOf(logits, logits.Max());
    }

    private static void AssertSame(IReadOnlyList<Certificate> expected, IReadOnlyList<Certificate> actual)
    {
        string[] lines = [.. actual.OrderBy(certificate => certificate.Id).Select(Line)];
        Assert.Equal(expected.Select(Line), lines);
    }

    private static string Line(Certificate c) =>
        $"{c.Id} {c.Label} {c.Predicted} {string.Join(',', c.Selection)} {string.Join(',', c.Looks)} {c.Draws} {c.LowerBound:R} {c.Radius:R}";

    private static void Each(int[] labels, Func<int, int> label)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = label(i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<LabeledImage> Fresh(List<WeakReference> read)
    {
        for (int id = 0; id < 60; id++)
        {
            LabeledImage image = TinyClassifier.Image(Shape, id);
            read.Add(new WeakReference(image));
            yield return image;
        }
    }
}
