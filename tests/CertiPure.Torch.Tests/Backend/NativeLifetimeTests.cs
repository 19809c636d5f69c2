using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CertiPure.Torch.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Backend;

/// <summary>TorchSharp's temporary scalars and tensors used to be freed by a garbage collection while libtorch read them.</summary>
[Collection(nameof(AloneTests))]
public sealed class NativeLifetimeTests
{
    public NativeLifetimeTests() => LibTorch.Load();

    [Fact]
    public void A_scalar_can_be_read_after_TorchSharp_has_released_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only the C library of GNU/Linux lets the function be replaced.");
        const int Count = 1000;
        PropertyInfo address = typeof(Scalar).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var addresses = new nint[Count];
        for (int i = 0; i < Count; i++)
        {
            using Scalar scalar = i + 0.25;
            addresses[i] = (nint)address.GetValue(scalar)!;
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => i + 0.25), addresses.Select(ToDouble));
    }

    [Fact]
    public void A_tensor_can_be_read_after_the_garbage_collector_has_released_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only the C library of GNU/Linux lets the function be replaced.");
        nint[] addresses = [.. Enumerable.Range(0, 1000).Select(LeftBehind)];
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(Enumerable.Range(0, addresses.Length).Select(dimensions => dimensions % 5L), addresses.Select(Dimensions));
    }

    [Fact]
    public void A_tensor_that_is_disposed_of_is_freed_at_once()
    {
        const int Count = 200, Megabytes = 8;
        long before = Environment.WorkingSet;
        for (int i = 0; i < Count; i++)
        {
            using Tensor tensor = ones(Megabytes << 18);
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, Count * (Megabytes << 20) / 4L);
    }

    [Fact]
    public void Operations_with_numbers_are_right_while_garbage_is_collected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only the C library of GNU/Linux lets the function be replaced.");
        const int Threads = 4;
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var failures = new Exception?[Threads];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            try
            {
                Compute(new Random(thread), end.Token);
            }
            catch (Exception exception)
            {
                failures[thread] = exception;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        while (!end.IsCancellationRequested)
        {
            GC.Collect(0);
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.All(failures, Assert.Null);
    }

    private static void Compute(Random random, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor zero = zeros(1);
            for (int i = 0; i < 50; i++)
            {
                int value = random.Next(1000);
                Assert.Equal(value, (zero + value).item<float>());
                Assert.Equal(value, (zero + (double)value).item<float>());
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint LeftBehind(int number) => zeros([.. Enumerable.Repeat(2L, number % 5)]).Handle;

    [DllImport("LibTorchSharp", EntryPoint = "THSTensor_ndimension")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Dimensions(nint tensor);

    [DllImport("LibTorchSharp", EntryPoint = "THSTorch_scalar_to_float64")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern double ToDouble(nint scalar);
}
