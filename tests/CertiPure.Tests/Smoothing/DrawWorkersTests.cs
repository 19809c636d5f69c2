using System.Collections.Concurrent;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class DrawWorkersTests
{
    private static readonly ImageShape Shape = new(1, 4, 4);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0, "fixed")]
    [InlineData(2, 0, "fixed")]
    [InlineData(5, 0, "fixed")]
    [InlineData(3, 2, "fixed")]
    [InlineData(2, 0, "staged")]
    [InlineData(5, 0, "staged")]
    public async Task Certificates_do_not_depend_on_the_number_of_workers(int count, int noiseThreads, string plan)
    {
        IReadOnlyList<Certificate> one = await CertifyAsync(new DrawWorkers(), plan);
        IReadOnlyList<Certificate> several = await CertifyAsync(new DrawWorkers { Count = count, NoiseThreads = noiseThreads }, plan);
        Assert.Equal(one.Count, several.Count);
        foreach ((Certificate expected, Certificate actual) in one.Zip(several))
        {
            Assert.Equal(expected.Selection, actual.Selection);
            Assert.Equal(expected.Looks, actual.Looks);
            Assert.Equal((expected.Id, expected.Predicted, expected.Radius), (actual.Id, actual.Predicted, actual.Radius));
        }
    }

    [Fact]
    public async Task Workers_classify_at_the_same_time_each_on_a_batch_of_its_own()
    {
        // Nobody goes on before three are here with three batches.
        using var meeting = new Barrier(3);
        var batches = new ConcurrentDictionary<ImageBatch, byte>();
        var classifier = new MeetingClassifier((noisy, _) =>
        {
            Assert.True(batches.TryAdd(noisy, 0));
            Assert.True(meeting.SignalAndWait(TimeSpan.FromMinutes(1), Cancel));
            batches.TryRemove(new KeyValuePair<ImageBatch, byte>(noisy, 0));
        });
        using var queue = new DrawQueue(classifier, new DrawWorkers { Count = 3, NoiseThreads = 0 });
        await queue.OpenLane().RunAsync(new WatchedConsumer(0, 60), cancellationToken: Cancel);
        Assert.Equal(6, queue.Statistics.Batches);
    }

    [Fact]
    public async Task Labels_are_counted_in_the_order_in_which_their_draws_were_taken()
    {
        // The noise of a draw tells its number. The batch that holds the first draw is ready last.
        Dictionary<float, int> numbers = Enumerable.Range(0, 40).ToDictionary(NoisyPixel);
        using var others = new CountdownEvent(3);
        var classifier = new MeetingClassifier((noisy, labels) =>
        {
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = numbers[noisy[i][0]];
            }

            if (labels[0] == 0)
            {
                Assert.True(others.Wait(TimeSpan.FromMinutes(1), Cancel));
            }
            else if (!others.IsSet)
            {
                others.Signal();
            }
        });
        using var queue = new DrawQueue(classifier, new DrawWorkers { Count = 2, NoiseThreads = 0 });
        var consumer = new NumberedConsumer(40);
        await queue.OpenLane().RunAsync(consumer, cancellationToken: Cancel);
        Assert.Equal(Enumerable.Range(0, 40), consumer.Labels);
    }

    [Fact]
    public async Task Each_worker_begins_once_on_its_own_thread_before_its_first_batch()
    {
        var begun = new ConcurrentBag<int>();
        using var meeting = new Barrier(2);
        var classifier = new MeetingClassifier((_, _) =>
        {
            Assert.Contains(Environment.CurrentManagedThreadId, begun);
            meeting.SignalAndWait(TimeSpan.FromMinutes(1), Cancel);
        });
        var workers = new DrawWorkers { Count = 2, NoiseThreads = 0, Begin = () => begun.Add(Environment.CurrentManagedThreadId) };
        using (var queue = new DrawQueue(classifier, workers))
        {
            await queue.OpenLane().RunAsync(new WatchedConsumer(0, 40), cancellationToken: Cancel);
        }

        Assert.Equal(2, begun.Distinct().Count());
        Assert.Equal(2, begun.Count);
    }

    [Fact]
    public async Task A_worker_that_cannot_begin_fails_all_who_wait()
    {
        var workers = new DrawWorkers { Count = 2, Begin = () => throw new InvalidOperationException("no threads") };
        using var queue = new DrawQueue(new MeetingClassifier((_, _) => { }), workers);
        Exception error = await Assert.ThrowsAnyAsync<Exception>(
            () => queue.OpenLane().RunAsync(new WatchedConsumer(0, 40), cancellationToken: Cancel));
        Assert.Contains("no threads", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wanting")]
    [InlineData("taking")]
    [InlineData("noise")]
    [InlineData("counting")]
    public async Task What_one_consumer_throws_reaches_it_alone(string when)
    {
        using var queue = new DrawQueue(new MeetingClassifier((_, _) => { }), new DrawWorkers { Count = 2, NoiseThreads = 0 });
        var others = new WatchedConsumer(1, 500);
        Task good = queue.OpenLane().RunAsync(others, cancellationToken: Cancel);
        Task bad = queue.OpenLane().RunAsync(new BrokenConsumer(when), cancellationToken: Cancel);
        await Assert.ThrowsAnyAsync<SystemException>(() => bad);
        await good;
        Assert.Equal(500, others.Received);

        // The queue is as good as new.
        await queue.OpenLane().RunAsync(new WatchedConsumer(2, 100), cancellationToken: Cancel);
        Assert.Equal(0, queue.Statistics.Consumers);
    }

    [Fact]
    public async Task A_listener_meets_one_thread_at_a_time()
    {
        using var queue = new DrawQueue(new MeetingClassifier((_, _) => { }), new DrawWorkers { Count = 4, NoiseThreads = 0 });
        int inside = 0, calls = 0;
        var consumer = new WatchedConsumer(0, 2000);
        await queue.OpenLane().RunAsync(
            consumer,
            () =>
            {
                Assert.Equal(0, Interlocked.Exchange(ref inside, 1));
                calls++;
                Interlocked.Exchange(ref inside, 0);
            },
            Cancel);
        Assert.Equal(200, calls);
    }

    [Fact]
    public void Numbers_of_workers_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DrawWorkers { Count = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new DrawWorkers { NoiseThreads = -1 });
    }

    private static float NoisyPixel(int draw)
    {
        var noisy = new float[1];
        new NoiseSource(1).AddNoise(ScriptedClassifier.Image(0).ToPixels(), 0, NoisePhase.Display, draw, 0.5, noisy);
        return noisy[0];
    }

    private static async Task<IReadOnlyList<Certificate>> CertifyAsync(DrawWorkers workers, string plan)
    {
        var classifier = new PurifiedClassifier(null, new TinyClassifier(Shape, 3), 0.5, batchSize: 8);
        using var queue = new DrawQueue(classifier, workers);
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(3));
        SamplingPlan sampling = plan == "fixed" ? new FixedPlan(20, 300) : new StagedPlan([0, 0.25, 0.5], 20, 2000, 0.001);
        var found = new List<Certificate>();
        await foreach (Certificate certificate in smoothed.CertifyAsync(
            Enumerable.Range(0, 12).Select(id => TinyClassifier.Image(Shape, id)), sampling, null, Cancel))
        {
            found.Add(certificate);
        }

        return [.. found.OrderBy(certificate => certificate.Id)];
    }

    /// <summary>A base classifier of ten one-pixel images that several threads may call.</summary>
    private sealed class MeetingClassifier(Action<ImageBatch, int[]> classify) : IBaseClassifier
    {
        public ImageShape Shape => ScriptedClassifier.OnePixel;

        public int ClassCount => 3;

        public int BatchSize => 10;

        public double Sigma => 0.5;

        public float[] Scores(ImageBatch noisy) => throw new NotSupportedException();

        public void Classify(ImageBatch noisy, Span<int> labels)
        {
            var given = new int[labels.Length];
            classify(noisy, given);
            given.CopyTo(labels);
        }
    }

    /// <summary>Keeps the labels.</summary>
    private sealed class NumberedConsumer(int draws) : DrawConsumer(ScriptedClassifier.Image(0), new NoiseSource(1))
    {
        public List<int> Labels { get; } = [];

        public override int Needed => draws;

        public override int Limit => draws;

        public override bool IsFinished => Labels.Count == draws;

        private protected override Draw At(int position) => new(NoisePhase.Display, position);

        private protected override void Count(int position, int label) => Labels.Add(label);
    }

    /// <summary>Throws at one of the places where the queue asks it something.</summary>
    private sealed class BrokenConsumer(string when) : DrawConsumer(ScriptedClassifier.Image(0), new NoiseSource(1))
    {
        public override int Needed => when == "wanting" ? throw new InvalidOperationException(when) : 100;

        public override int Limit => 100;

        public override bool IsFinished => false;

        private protected override Draw At(int position) => when == "taking"
            ? throw new InvalidOperationException(when)
            : new Draw(NoisePhase.Display, when == "noise" ? -1 : position);

        private protected override void Count(int position, int label)
        {
            if (when == "counting")
            {
                throw new InvalidOperationException(when);
            }
        }
    }
}
