using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;
using TorchSharp;

namespace CertiPure.Benchmarks;

/// <summary>
/// Certifies images for as long as it is told and prints each minute what memory the process holds: a leak of one tensor per
/// batch would show as thousands within the hour.
/// </summary>
internal static class LeakWatch
{
    public static async Task RunAsync(int minutes, CancellationToken cancellation)
    {
        using BaseModel model = BundledModel.Load("consistency:fashion-mnist", Precision.Bf16, Alternation.Workers);
        var watched = new WatchedClassifier(model.BaseClassifier);
        using var queue = new DrawQueue(watched, model.Workers.ToDrawWorkers());
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(seed: 1));
        var plan = new StagedPlan([0, 0.25, 0.5, 0.75, 1], 100, 10_000, 0.001);
        Console.WriteLine($"certifying random images at n = 10,000, staged, batch {BundledModel.Batch}, {model.Workers.Workers} workers of {model.Workers.Threads} threads");
        Console.WriteLine("minute  images      draws  live tensors  most at once  resident MB  managed MB");
        var clock = Stopwatch.StartNew();
        int images = 0, minute = 0;
        await foreach (Certificate _ in smoothed
            .CertifyAsync(RandomImages.Endless(model.BaseClassifier.Shape), plan, null, cancellation)
            .ConfigureAwait(false))
        {
            images++;
            if (clock.Elapsed.TotalMinutes < minute)
            {
                continue;
            }

            Console.WriteLine(
                $"{minute,6} {images,7} {queue.Statistics.Draws,10} {watched.LiveTensors,13} {torch.Tensor.PeakCount,13} "
                + $"{Environment.WorkingSet / 1e6,12:f1} {GC.GetTotalMemory(false) / 1e6,11:f1}");
            if (minute == minutes)
            {
                break;
            }

            minute = (int)clock.Elapsed.TotalMinutes + 1;
        }
    }

    /// <summary>Counts the tensors that are alive after each batch, where only the networks' own should be.</summary>
    private sealed class WatchedClassifier(IBaseClassifier inner) : IBaseClassifier
    {
        public ImageShape Shape => inner.Shape;

        public int ClassCount => inner.ClassCount;

        public int BatchSize => inner.BatchSize;

        public double Sigma => inner.Sigma;

        public long LiveTensors { get; private set; }

        public float[] Scores(ImageBatch noisy) => inner.Scores(noisy);

        public void Classify(ImageBatch noisy, Span<int> labels)
        {
            inner.Classify(noisy, labels);
            LiveTensors = torch.Tensor.TotalCount;
        }
    }
}
