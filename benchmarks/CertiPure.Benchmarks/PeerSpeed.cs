using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

namespace CertiPure.Benchmarks;

/// <summary>
/// Certification of one image by the bundled CIFAR-10 classifier beside the loop that PyTorch's users write, on the same weights, batch
/// and number of draws. It runs where <c>python3</c> has PyTorch, and says so where it has not.
/// </summary>
internal static class PeerSpeed
{
    private const int Draws = 6400;

    public static void Measure(int repeats)
    {
        string weights = BundledModels.OfProgram.Find("cifar10-small", ["classifier"])
            ?? throw new CertiPureException("The bundled model cifar10-small is missing.");
        using WorkProcess? peer = Start(weights);
        if (peer is null)
        {
            Console.WriteLine("peer: skipped, because python3 has no PyTorch here");
            return;
        }

        using BaseModel single = BundledModel.Load("none", Precision.Fp32, Alternation.Workers, "cifar10-small");
        using BaseModel half = BundledModel.Load("none", Precision.Bf16, Alternation.Workers, "cifar10-small");
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            new Computation("PyTorch's loop, fp32", Draws, peer.Run),
            new Computation("certification, fp32", Draws, () => Certify(single)),
            new Computation("certification, bf16", Draws, () => Certify(half)));
        Console.WriteLine($"peer, classifier of cifar10-small without purifier, batch {BundledModel.Batch}, on {Machine.Processor}");
        foreach (Measurement time in times)
        {
            time.Print($"{time.Rate:f0} draws/s, {time.FasterThan(times[0]):f2} times PyTorch's loop");
        }
    }

    private static WorkProcess? Start(string weights)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "peer.py");
        try
        {
            return new WorkProcess("/usr/bin/python3", [script, weights, $"{BundledModel.Batch}", $"{Draws}", $"{BundledModel.Sigma}"]);
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    private static double Certify(BaseModel model)
    {
        ImageSet images = RandomImages.Set(model.BaseClassifier.Shape, 1);
        long begun = Stopwatch.GetTimestamp();
        using DrawQueue queue = model.OpenQueue();
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(1));
        smoothed.CertifyAsync(images.Read(0), new FixedPlan(100, Draws - 100, 0.001)).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
