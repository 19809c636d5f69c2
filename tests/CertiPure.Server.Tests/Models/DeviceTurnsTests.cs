using System.Collections.Concurrent;
using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Models;

public sealed class DeviceTurnsTests
{
    [Fact]
    public async Task All_work_is_done_by_one_thread_one_at_a_time()
    {
        using var turns = new DeviceTurns(new WorkerPlan(1, 1, "a test"));
        var threads = new ConcurrentBag<int>();
        int running = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => turns.Run(() =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            threads.Add(Environment.CurrentManagedThreadId);
            Interlocked.Decrement(ref running);
        }))));

        Assert.Equal(20, threads.Count);
        Assert.Single(threads.Distinct());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
    }

    [Fact]
    public async Task A_turn_that_was_given_up_is_passed_over()
    {
        using var turns = new DeviceTurns(new WorkerPlan(1, 1, "a test"));
        using var release = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        bool isServed = false;
        Task first = turns.RunAsync(release.Wait, CancellationToken.None);
        Task second = turns.RunAsync(() => isServed = true, gone.Token);
        await gone.CancelAsync();
        release.Set();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(isServed);
    }

    [Fact]
    public void Who_fails_is_told_as_it_was_and_the_next_gets_its_turn()
    {
        using var turns = new DeviceTurns(new WorkerPlan(1, 1, "a test"));
        var thrown = new CertiPureException("Out of memory.");

        Assert.Same(thrown, Assert.Throws<CertiPureException>(() => turns.Run(() => throw thrown)));

        bool isServed = false;
        turns.Run(() => isServed = true);
        Assert.True(isServed);
    }
}
