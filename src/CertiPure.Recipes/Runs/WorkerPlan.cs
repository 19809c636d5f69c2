using System.Diagnostics;
using System.Globalization;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Runs;

/// <summary>How a certification uses the processors: workers, each with batches of its own, and threads of one operation. On a processor
/// a team of threads waits at every operation for its slowest member; single-threaded workers never wait for each other, so that there is
/// one for each processor, unless memory cannot hold as many activations. Results depend on the threads in their last bits and on
/// the workers not at all.</summary>
/// <param name="Workers">Threads that call the base classifier at once, at least 1.</param>
/// <param name="Threads">Threads of one operation, at least 1.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record WorkerPlan(int Workers, int Threads, string Reason)
{
    /// <summary>The part of the free memory that activations may take.</summary>
    private const double MemoryShare = 0.8;

    private const int MostNoiseThreads = 4;

    /// <summary>The most workers, and the most threads of one operation, that this machine can be asked for: more only wait for each
    /// other, and tens of thousands cannot even be started.</summary>
    public static int MostThreads => 4 * Environment.ProcessorCount;

    /// <summary>Whether the networks compute on the processor.</summary>
    private bool IsOnProcessor { get; init; } = true;

    /// <summary>Whether the user named both numbers, or one that determines the other.</summary>
    internal bool IsAsked { get; private init; }

    /// <summary>Chooses before any network is known.</summary>
    /// <param name="workers">What the user asks for; null for no wish.</param>
    /// <param name="threads">Likewise.</param>
    /// <param name="device">Where the networks compute.</param>
    public static WorkerPlan Choose(int? workers, int? threads, ComputeDevice device) =>
        Choose(workers, threads, device, Environment.ProcessorCount, OpenMpSettings.RequestedThreads);

    /// <summary>Chooses on a machine of so many processors.</summary>
    /// <param name="workers">What the user asks for; null for no wish.</param>
    /// <param name="threads">Likewise.</param>
    /// <param name="device">The networks' device.</param>
    /// <param name="processors">The processors that this process may use.</param>
    /// <param name="environmentThreads">What <c>OMP_NUM_THREADS</c> asks for, or null.</param>
    internal static WorkerPlan Choose(int? workers, int? threads, ComputeDevice device, int processors, int? environmentThreads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers ?? 1, 1, nameof(workers));
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        if (device.Gpu is not null)
        {
            return new WorkerPlan(workers ?? 1, threads ?? processors, $"{device} computes one batch at a time")
            {
                IsOnProcessor = false, IsAsked = true,
            };
        }

        return (workers, threads, environmentThreads) switch
        {
            ({ } w, { } t, _) => Asked(w, t, "as asked"),
            ({ } w, null, _) => Asked(w, 1, "as many workers as asked"),
            (null, { } t, _) => Asked(Math.Max(1, processors / t), t, "as many threads as asked"),
            (null, null, > 1 and var t) => Asked(Math.Max(1, processors / t), t, "as many threads as OMP_NUM_THREADS asks for"),
            _ => new WorkerPlan(processors, 1, "a worker for each processor that this process may use"),
        };

        static WorkerPlan Asked(int workers, int threads, string reason) => new(workers, threads, reason) { IsAsked = true };
    }

    /// <summary>Takes fewer workers where memory cannot hold the activations of all: of the combinations that fit, the fastest.</summary>
    /// <param name="processors">The processors that this process may use.</param>
    /// <param name="bytesPerWorker">What the activations of one batch take.</param>
    /// <param name="available">The free memory in bytes.</param>
    /// <param name="rate">Measures how many images per second a combination does; called only where there is a choice to make.</param>
    internal WorkerPlan FitMemory(int processors, long bytesPerWorker, long available, Func<WorkerPlan, double> rate)
    {
        int fitting = (int)Math.Clamp(MemoryShare * available / Math.Max(1, bytesPerWorker), 1, int.MaxValue);
        if (IsAsked || fitting >= Workers)
        {
            return this;
        }

        string reason = string.Create(
            CultureInfo.InvariantCulture,
            $"memory holds the activations of {fitting} ({bytesPerWorker / 1e9:f1} GB each), and this was measured to be the fastest");
        var candidates = new Dictionary<int, WorkerPlan>();
        for (int threads = 1; threads <= processors; threads = threads == processors ? processors + 1 : Math.Min(2 * threads, processors))
        {
            // For each number of workers the most threads.
            int workers = Math.Min(fitting, processors / threads);
            candidates[workers] = new WorkerPlan(workers, threads, reason);
        }

        return candidates.Count == 1 ? candidates.Values.Single() : candidates.Values.MaxBy(rate)!;
    }

    /// <summary>The plan in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Workers} {(Workers == 1 ? "worker" : "workers")} of {Threads} {(Threads == 1 ? "thread" : "threads")} ({Reason})");

    /// <summary>The threads of a draw queue that follow this plan.</summary>
    public DrawWorkers ToDrawWorkers() => new()
    {
        Count = Workers,
        NoiseThreads = !IsOnProcessor ? Math.Clamp(Environment.ProcessorCount - 1, 1, MostNoiseThreads)
            : Workers == 1 && Threads > 1 ? 1
            : 0,
        Begin = () => Begin(),
    };

    /// <summary>Prepares the calling thread for libtorch; OpenMP keeps the number of threads for each thread that calls it.</summary>
    /// <returns>Whether libtorch is loaded; where it is not, there is nothing to prepare yet.</returns>
    public bool Begin() => LibTorch.TryUseThreads(Threads);

    /// <summary>Runs work on as many threads as there are workers, each prepared for networks, and times it.</summary>
    /// <param name="work">What each worker does.</param>
    /// <returns>The seconds from the start to the end of the last.</returns>
    public double Time(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var ready = new CountdownEvent(Workers);
        using var start = new ManualResetEventSlim();
        Task[] tasks = [.. Enumerable.Range(0, Workers).Select(_ => NetworkThread.RunAsync(() =>
        {
            Begin();
            ready.Signal();
            start.Wait();
            work();
        }))];
        ready.Wait();
        long begun = Stopwatch.GetTimestamp();
        start.Set();
        Task.WaitAll(tasks);
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
