using CertiPure.Recipes.Runs;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Tests.Runs;

public sealed class WorkerPlanTests
{
    [Theory]
    [InlineData(null, null, null, 8, 1)]
    [InlineData(null, null, 1, 8, 1)]
    [InlineData(null, null, 4, 2, 4)]
    [InlineData(null, null, 64, 1, 64)]
    [InlineData(3, null, null, 3, 1)]
    [InlineData(3, null, 4, 3, 1)]
    [InlineData(null, 2, null, 4, 2)]
    [InlineData(null, 16, null, 1, 16)]
    [InlineData(5, 3, 2, 5, 3)]
    public void On_eight_processors_workers_fill_them_unless_the_user_says_otherwise(
        int? askedWorkers, int? askedThreads, int? environmentThreads, int workers, int threads)
    {
        var plan = WorkerPlan.Choose(askedWorkers, askedThreads, ComputeDevice.Processor, processors: 8, environmentThreads);
        Assert.Equal((workers, threads), (plan.Workers, plan.Threads));
    }

    [Fact]
    public void A_device_gets_one_batch_at_a_time_and_threads_that_draw_noise_ahead()
    {
        var plan = WorkerPlan.Choose(null, null, new ComputeDevice(0), processors: 8, null);
        Assert.Equal(1, plan.Workers);
        Assert.True(plan.ToDrawWorkers().NoiseThreads >= 1);
    }

    [Fact]
    public void Workers_on_the_processor_draw_their_own_noise()
    {
        Assert.Equal(0, WorkerPlan.Choose(4, 1, ComputeDevice.Processor, 8, null).ToDrawWorkers().NoiseThreads);
        Assert.Equal(1, WorkerPlan.Choose(1, 8, ComputeDevice.Processor, 8, null).ToDrawWorkers().NoiseThreads);
    }

    [Fact]
    public void Where_memory_suffices_nothing_is_measured()
    {
        WorkerPlan plan = Free(8);
        Assert.Same(plan, plan.FitMemory(8, bytesPerWorker: 1 << 30, available: 10L << 30, _ => throw new InvalidOperationException()));
    }

    [Theory]
    [InlineData(3, 3, 2, "3x2 2x4 1x8")]
    [InlineData(3, 2, 4, "3x2 2x4 1x8")]
    [InlineData(1, 1, 8, "")]
    public void Where_memory_does_not_suffice_the_fastest_of_what_fits_is_taken(int fitting, int workers, int threads, string tried)
    {
        var seen = new List<string>();
        WorkerPlan plan = Free(8).FitMemory(8, 1L << 30, (long)((fitting + 0.5) / 0.8 * (1L << 30)), candidate =>
        {
            seen.Add($"{candidate.Workers}x{candidate.Threads}");
            return candidate.Workers == workers ? 2 : 1;
        });
        Assert.Equal((workers, threads), (plan.Workers, plan.Threads));
        Assert.Contains("memory holds the activations of", plan.Reason, StringComparison.Ordinal);
        Assert.Equal(tried, string.Join(' ', seen));
    }

    [Fact]
    public void What_the_user_asks_for_is_not_changed_by_memory()
    {
        var plan = WorkerPlan.Choose(8, null, ComputeDevice.Processor, 8, null);
        Assert.Same(plan, plan.FitMemory(8, 1L << 40, 1, _ => throw new InvalidOperationException()));
    }

    [Fact]
    public void Memory_that_a_computation_takes_while_it_runs_is_seen()
    {
        const int Size = 64 << 20;
        long? grown = ActivationMemory.Measure(() =>
        {
            using var block = new UnmanagedBlock(Size);
            block.Touch();
        });
        Assert.SkipWhen(grown is null, "This system does not report a process's peak memory.");
        Assert.InRange(grown!.Value, Size / 2, 4L * Size);
        Assert.InRange(ActivationMemory.Available, 1, long.MaxValue);
    }

    private static WorkerPlan Free(int processors) => WorkerPlan.Choose(null, null, ComputeDevice.Processor, processors, null);

    private sealed class UnmanagedBlock(int size) : IDisposable
    {
        private readonly nint _block = System.Runtime.InteropServices.Marshal.AllocHGlobal(size);

        public void Touch()
        {
            for (int i = 0; i < size; i += 4096)
            {
                System.Runtime.InteropServices.Marshal.WriteByte(_block, i, 1);
            }
        }

        public void Dispose() => System.Runtime.InteropServices.Marshal.FreeHGlobal(_block);
    }
}
