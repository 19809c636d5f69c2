using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class DrawQueueTests
{
    private static readonly NoiseSource Noise = new(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly FixedPlan Plan = new(10, 90);

    [Fact]
    public async Task Batches_have_one_size_and_are_padded_only_where_draws_run_out()
    {
        var classifier = new ScriptedClassifier(64, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        await Run(queue.OpenLane(), 0);
        DrawQueueStatistics statistics = queue.Statistics;
        Assert.Equal(new DrawQueueStatistics(2, 100, 0, 28, 0, 0), statistics);
    }

    [Fact]
    public async Task Draws_of_several_images_share_a_batch()
    {
        var classifier = new ScriptedClassifier(300, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        DrawLane lane = queue.OpenLane();
        using var gate = new ManualResetEventSlim();
        Task first = lane.RunAsync(new WatchedConsumer(9, 1), () => gate.Wait(Cancel), Cancel);
        Task[] tasks = [Run(lane, 0), Run(lane, 1), Run(lane, 2)];
        gate.Set();
        await Task.WhenAll([first, .. tasks]);
        Assert.Equal(301, queue.Statistics.Draws);
        Assert.InRange(queue.Statistics.Batches, 2, 3);
    }

    [Fact]
    public async Task The_base_classifier_is_called_by_one_thread_and_never_twice_at_once()
    {
        var classifier = new ScriptedClassifier(8, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Run(queue.OpenLane(), i))));
        Assert.Single(classifier.Threads.Distinct());
        Assert.Equal(2000, queue.Statistics.Draws);
    }

    [Fact]
    public async Task The_next_batch_is_drawn_while_a_forward_is_in_flight()
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var classifier = new ScriptedClassifier(10, (_, _) =>
        {
            entered.Release();
            gate.Wait();
        });
        using var queue = new DrawQueue(classifier);
        var consumer = new WatchedConsumer(0, 100, watched: 20);
        Task task = queue.OpenLane().RunAsync(consumer, cancellationToken: Cancel);
        await entered.WaitAsync(Cancel);
        await consumer.WatchedAreTaken;
        Assert.Equal(0, consumer.Received);
        gate.Release(10);
        await task;
        Assert.Equal(100, consumer.Received);
    }

    [Fact]
    public async Task A_small_request_is_not_starved_by_a_large_one()
    {
        using var gate = new ManualResetEventSlim();
        var classifier = new ScriptedClassifier(64, (_, _) => gate.Wait());
        using var queue = new DrawQueue(classifier);
        using var stop = new CancellationTokenSource();
        var consumer = new WatchedConsumer(0, 1_000_000, watched: 128);
        Task large = queue.OpenLane().RunAsync(consumer, cancellationToken: stop.Token);
        await consumer.WatchedAreTaken;
        int batches = 0;
        Task small = queue.OpenLane().RunAsync(Certify(1), () => batches = classifier.Batches, Cancel);
        gate.Set();
        await small;

        // Two batches were the large one's already; then half of each is the small one's: 100 draws in 4 batches.
        Assert.Equal(6, batches);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
    }

    [Fact]
    public async Task Many_lanes_share_every_batch_equally()
    {
        using var gate = new ManualResetEventSlim();
        var classifier = new ScriptedClassifier(60, (_, _) => gate.Wait());
        using var queue = new DrawQueue(classifier);
        var first = new WatchedConsumer(0, 120, watched: 120);
        Task blocker = queue.OpenLane().RunAsync(first, cancellationToken: Cancel);
        await first.WatchedAreTaken;
        WatchedConsumer[] consumers = [.. Enumerable.Range(1, 7).Select(i => new WatchedConsumer(i, 600))];
        var spread = new List<int>();
        Task[] tasks =
        [
            .. consumers.Select(consumer => queue.OpenLane().RunAsync(
                consumer, () => spread.Add(consumers.Max(c => c.Received) - consumers.Min(c => c.Received)), Cancel)),
        ];
        gate.Set();
        await Task.WhenAll([blocker, .. tasks]);
        Assert.True(spread.Max() <= 9, $"{spread.Max()}");
    }

    [Fact]
    public async Task Within_a_lane_the_first_come_is_finished_first()
    {
        var classifier = new ScriptedClassifier(16, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        DrawLane lane = queue.OpenLane();
        Certification[] certifications = [.. Enumerable.Range(0, 5).Select(Certify)];
        var finished = new List<int>();
        Task[] tasks =
        [
            .. certifications.Select(c => lane.RunAsync(c, () =>
            {
                if (c.IsFinished)
                {
                    finished.Add(c.Image.Id);
                }
            }, Cancel)),
        ];
        await Task.WhenAll(tasks);
        Assert.Equal([0, 1, 2, 3, 4], finished);
    }

    [Fact]
    public async Task Cancellation_frees_the_draws_at_once_and_counts_nothing_more()
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var classifier = new ScriptedClassifier(10, (_, _) =>
        {
            entered.Release();
            gate.Wait();
        });
        using var queue = new DrawQueue(classifier);
        using var stop = new CancellationTokenSource();
        var cancelled = new WatchedConsumer(0, 100, watched: 20);
        Task task = queue.OpenLane().RunAsync(cancelled, cancellationToken: stop.Token);
        await entered.WaitAsync(Cancel);
        await cancelled.WatchedAreTaken;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.Equal((0, 0), (queue.Statistics.Consumers, queue.Statistics.Waiting));
        var other = Certify(1);
        Task next = queue.OpenLane().RunAsync(other, cancellationToken: Cancel);
        gate.Release(100);
        await next;
        Assert.Equal(0, cancelled.Received);
        Assert.Equal(100, other.Received);
        Assert.Equal(20, queue.Statistics.Discarded);
        Assert.Equal(120, queue.Statistics.Draws);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_runs_nothing()
    {
        var classifier = new ScriptedClassifier(10, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => queue.OpenLane().RunAsync(Certify(0), cancellationToken: new CancellationToken(true)));
        Assert.Equal((0, 0), (queue.Statistics.Consumers, queue.Statistics.Draws));
    }

    [Fact]
    public async Task A_failing_base_classifier_fails_all_who_wait_and_all_who_come()
    {
        using var gate = new ManualResetEventSlim();
        var classifier = new ScriptedClassifier(10, (_, _) =>
        {
            gate.Wait();
            throw new InvalidOperationException("out of memory");
        });
        using var queue = new DrawQueue(classifier);
        Task[] tasks = [Run(queue.OpenLane(), 0), Run(queue.OpenLane(), 1)];
        gate.Set();
        foreach (Task task in tasks)
        {
            Assert.Equal("out of memory", (await Assert.ThrowsAsync<InvalidOperationException>(() => task)).Message);
        }

        CertiPureException late = await Assert.ThrowsAsync<CertiPureException>(() => Run(queue.OpenLane(), 2));
        Assert.Contains("out of memory", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_label_that_no_class_has_fails_its_certification_with_a_sentence()
    {
        var classifier = new ScriptedClassifier(10, (_, labels) => Array.Fill(labels, 3));
        using var queue = new DrawQueue(classifier);
        CertiPureException error = await Assert.ThrowsAsync<CertiPureException>(() => Run(queue.OpenLane(), 0));
        Assert.Contains("answered class 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_a_listener_fails_its_own_certification_only()
    {
        var classifier = new ScriptedClassifier(10, (_, _) => { });
        using var queue = new DrawQueue(classifier);
        Task bad = queue.OpenLane().RunAsync(Certify(0), () => throw new InvalidOperationException("listener"), Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        await Run(queue.OpenLane(), 1);
    }

    [Fact]
    public async Task An_image_of_another_shape_is_refused()
    {
        using var queue = new DrawQueue(new ScriptedClassifier(10, (_, _) => { }));
        var image = new LabeledImage(4, null, new ImageShape(3, 1, 1), new byte[3]);
        CertiPureException error = await Assert.ThrowsAsync<CertiPureException>(
            () => queue.OpenLane().RunAsync(new Certification(image, 3, 0.5, Plan, Noise), cancellationToken: Cancel));
        Assert.Contains("Image 4 is 3x1x1, but the base classifier takes 1x1x1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_cancels_what_is_unfinished_and_refuses_what_comes()
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var queue = new DrawQueue(new ScriptedClassifier(10, (_, _) =>
        {
            entered.Release();
            gate.Wait();
        }));
        Task task = Run(queue.OpenLane(), 0);
        await entered.WaitAsync(Cancel);

        // Disposal waits for the batch in flight, which is held until what is unfinished has been cancelled.
        var disposal = Task.Run(queue.Dispose, Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        gate.Release(1);
        await disposal;
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Run(queue.OpenLane(), 1));
    }

    private static Certification Certify(int id) => new(ScriptedClassifier.Image(id), 3, 0.5, Plan, Noise);

    private static async Task Run(DrawLane lane, int id) => await lane.RunAsync(Certify(id), cancellationToken: Cancel);
}
