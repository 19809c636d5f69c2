using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Tests.Backend;

public sealed class NetworkThreadTests
{
    [Fact]
    public void Work_runs_on_a_thread_of_its_own_that_ends_with_it()
    {
        Thread worker = NetworkThread.Run(() => Thread.CurrentThread);

        Assert.NotSame(Thread.CurrentThread, worker);
        Assert.True(worker.Join(TimeSpan.FromMinutes(1)), "The thread outlived its work, and with it its OpenMP team.");
    }

    [Fact]
    public void An_exception_of_the_work_is_thrown_as_it_was()
    {
        var thrown = new CertiPureException("The weights are damaged.");

        Assert.Same(thrown, Assert.Throws<CertiPureException>(() => NetworkThread.Run(() => throw thrown)));
    }

    [Fact]
    public async Task Cancelled_work_is_cancelled_for_who_waits() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => NetworkThread.RunAsync(() => throw new OperationCanceledException()));
}
