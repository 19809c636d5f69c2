using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Devices;

/// <summary>
/// Looks whether a device computes what the processor computes, and how fast: every bundled network and one small network of each family,
/// votes of a bundled model, the speed of DDPM++ beside the device's own peak, memory over many batches, and certification beside the bare
/// forward pass.
/// </summary>
public sealed class DeviceCheck
{
    private const double Sigma = 0.5;
    private const double LargestDifference = 1e-3;
    private const double MostDifferingVotes = 0.005;
    private const double LeastCertifyShare = 0.9;
    private const int Batch = 64;

    private readonly ComputeDevice _name;
    private readonly Device _device;
    private readonly bool _isFull;
    private readonly BundledModels _models;

    /// <summary>Prepares the check.</summary>
    /// <param name="device">The device; the processor to see what the check does.</param>
    /// <param name="isFull">Whether to take 10,000 images and batches and not some hundred.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">There is no such device.</exception>
    public DeviceCheck(ComputeDevice device, bool isFull, BundledModels? models = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device.Open();
        _name = device;
        _isFull = isFull;
        _models = models ?? BundledModels.OfProgram;
        if (!IsProcessor)
        {
            // TF32 keeps 10 bits of each factor, so that fp32 could not be compared with the processor's.
            backends.cudnn.allow_tf32 = false;
            backends.cuda.matmul.allow_tf32 = false;
        }
    }

    /// <summary>Runs the check.</summary>
    /// <returns>The findings, each as soon as it is known. What the device refuses is a finding too.</returns>
    public IEnumerable<DeviceCheckLine> Run() => SmallNetworks()
        .Concat(BundledNetworks())
        .Concat(Votes(Precision.Fp32))
        .Concat(Votes(Precision.Bf16))
        .Concat(Speed())
        .Concat(Memory())
        .Concat(Certification())
        .Concat(Noise());

    private IEnumerable<DeviceCheckLine> SmallNetworks() => FamilyNetworks.All.Select(family => Measured(
        family.Name, "largest difference from the processor, relative", () => Difference(family.Create, Forward), LargestDifference));

    private IEnumerable<DeviceCheckLine> BundledNetworks()
    {
        foreach (string model in _models.Names)
        {
            foreach (string file in _models.Files(model))
            {
                string path = _models.Find($"{model}/{file}", [])!;
                bool isPurifier = file.StartsWith("consistency", StringComparison.Ordinal) || file is "edm" or "ddpm" or "joint-purifier";
                yield return Measured(
                    $"{model}/{file}",
                    "largest difference from the processor, relative",
                    () => isPurifier
                        ? Difference(() => PurifierCheckpoint.Load(path), Forward)
                        : ClassifierDifference($"{model}/{file}", model),
                    LargestDifference);
            }
        }
    }

    private double ClassifierDifference(string reference, string model)
    {
        ImageShape shape = ShapeOf(model);
        ImageBatch images = Noisy(shape, Batch);
        float[] here = Scores(ComputeDevice.Processor), there = Scores(_name);
        return here.Zip(there, (a, b) => Math.Abs(a - b)).Max() / here.Max(Math.Abs);

        float[] Scores(ComputeDevice device)
        {
            IClassifier classifier = ModelCatalog.LoadClassifier(Request(reference, PurifierChoice.None, shape, Precision.Fp32, device), _models);
            using var owned = classifier as IDisposable;
            return classifier.Logits(images);
        }
    }

    private IEnumerable<DeviceCheckLine> Votes(Precision precision)
    {
        foreach (string model in _models.Names)
        {
            int images = _isFull ? 10_000 : 640;
            yield return Measured($"{model}, {Format(precision)}, {images} noisy images", "votes that differ from the processor's, share", () =>
            {
                using BaseModel here = Load(model, precision, ComputeDevice.Processor), there = Load(model, precision, _name);
                int differing = 0, batches = images / Batch;
                int[] expected = new int[Batch], actual = new int[Batch];
                for (int i = 0; i < batches; i++)
                {
                    ImageBatch noisy = Noisy(here.BaseClassifier.Shape, Batch, seed: (ulong)i);
                    here.BaseClassifier.Classify(noisy, expected);
                    there.BaseClassifier.Classify(noisy, actual);
                    differing += expected.Zip(actual, (a, b) => a != b ? 1 : 0).Sum();
                }

                return (double)differing / (batches * Batch);
            }, MostDifferingVotes);
        }
    }

    private IEnumerable<DeviceCheckLine> Speed()
    {
        foreach (Precision precision in (Precision[])[Precision.Fp32, Precision.Bf16])
        {
            string format = Format(precision);
            double peak = 0;
            yield return Measured($"peak, {format}", "GFLOP/s", () => peak = DeviceSpeed.Peak(_device, precision));
            double reached = 0;
            yield return Measured($"DDPM++ for CIFAR-10, {format}", "images/s", () =>
            {
                (double rate, double operations) = DeviceSpeed.Ddpmpp(_device, precision, IsProcessor ? 2 : 128);
                reached = rate * operations / 1e9;
                return rate;
            });
            yield return Measured($"DDPM++ for CIFAR-10, {format}", "share of the peak", () => reached / peak, 1);
        }

        foreach (string model in _models.Names)
        {
            yield return Measured($"{model}, bf16", "draws/s of the bare forward pass", () =>
            {
                using BaseModel loaded = Load(model, Precision.Bf16, _name);
                return Rate(loaded, batches: 20);
            });
        }
    }

    private IEnumerable<DeviceCheckLine> Memory()
    {
        int batches = _isFull ? 10_000 : 100;
        foreach (string model in _models.Names.Take(1))
        {
            yield return Measured($"{model}, {batches} batches", "tensors left behind", () =>
            {
                using BaseModel loaded = Load(model, Precision.Fp32, _name);
                Rate(loaded, batches: 2);
                long before = Tensor.TotalCount;
                Rate(loaded, batches);
                return Tensor.TotalCount - before;
            }, 0);
        }
    }

    private IEnumerable<DeviceCheckLine> Certification()
    {
        foreach (string model in _models.Names)
        {
            yield return Measured($"{model}, bf16", "certification / bare forward pass", () =>
            {
                using BaseModel loaded = Load(model, Precision.Bf16, _name);
                int draws = (_isFull ? 400 : 40) * Batch;
                double bare = loaded.Workers.Workers * Rate(loaded, draws / Batch / loaded.Workers.Workers);
                using DrawQueue queue = loaded.OpenQueue();
                var smoothed = new SmoothedClassifier(queue, new NoiseSource(1));
                var image = new LabeledImage(0, null, loaded.BaseClassifier.Shape, new byte[loaded.BaseClassifier.Shape.Length]);
                // A new thread's first pass prepares the device's libraries, as the bare pass has done before it is timed.
                smoothed.CertifyAsync(image, new FixedPlan(Batch, loaded.Workers.Workers * Batch, 0.001)).GetAwaiter().GetResult();
                var clock = Stopwatch.StartNew();
                smoothed.CertifyAsync(image, new FixedPlan(Batch, draws - Batch, 0.001)).GetAwaiter().GetResult();
                return draws / clock.Elapsed.TotalSeconds / bare;
            }, IsProcessor ? null : LeastCertifyShare, isAtLeast: true);
        }
    }

    private static IEnumerable<DeviceCheckLine> Noise()
    {
        yield return Measured(
            "noise of 3x32x32 images", "images/s of one core", () => NoiseSpeed.OfOneCore(new ImageShape(3, 32, 32)));
    }

    private static string Format(Precision precision) => precision == Precision.Bf16 ? "bf16" : "fp32";

    private bool IsProcessor => _device.type == DeviceType.CPU;

    private static double Rate(BaseModel model, int batches) => DeviceSpeed.Forward(model.BaseClassifier, Math.Max(1, batches));

    /// <summary>Both devices compute the same in the same format; the difference is relative to the largest value.</summary>
    private double Difference(Func<Denoiser> create, Func<Denoiser, Device, Tensor> forward)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        using Denoiser denoiser = create();
        denoiser.eval();
        Tensor here = forward(denoiser, CPU);
        denoiser.to(_device);
        Tensor there = forward(denoiser, _device).cpu();
        return ((there - here).abs().max() / here.abs().max()).item<float>();
    }

    private static Tensor Forward(Denoiser denoiser, Device device)
    {
        ImageShape shape = denoiser.Network.Shape;
        ImageBatch noisy = Noisy(shape, 8);
        using Tensor pixels = tensor(noisy.Pixels.ToArray()).reshape(8, shape.Channels, shape.Height, shape.Width);
        return denoiser.Network.Forward(pixels.to(device), full([1], 0.25f, device: device));
    }

    private BaseModel Load(string model, Precision precision, ComputeDevice device)
    {
        string file = _models.Files(model).Contains("consistency-lpips") ? "consistency-lpips" : "consistency";
        return ModelCatalog.Load(
            Request(model, new PurifierChoice("consistency", $"{model}/{file}"), ShapeOf(model), precision, device), _models);
    }

    private static ModelRequest Request(string classifier, PurifierChoice purifier, ImageShape shape, Precision precision, ComputeDevice device) =>
        new(classifier, purifier, Sigma, shape) { Precision = precision, Device = device, BatchSize = Batch };

    private ImageShape ShapeOf(string model)
    {
        using Denoiser denoiser = PurifierCheckpoint.Load(_models.Find(model, ["consistency-lpips", "consistency"])!);
        return denoiser.Network.Shape;
    }

    private static ImageBatch Noisy(ImageShape shape, int count, ulong seed = 1)
    {
        var noisy = new ImageBatch(shape, count);
        var noise = new NoiseSource(seed);
        var image = new float[shape.Length];
        Array.Fill(image, 0.5f);
        for (int i = 0; i < count; i++)
        {
            noise.AddNoise(image, i, NoisePhase.Display, 0, Sigma, noisy[i]);
        }

        return noisy;
    }

    private static DeviceCheckLine Measured(
        string subject, string quantity, Func<double> measure, double? limit = null, bool isAtLeast = false)
    {
        try
        {
            return new DeviceCheckLine(subject, quantity, NetworkThread.Run(measure), limit, isAtLeast);
        }
        catch (Exception exception) when (exception is CertiPureException || NativeError.IsRefusal(exception))
        {
            string reason = exception is CertiPureException ? exception.Message : NativeError.Reason(exception);
            return new DeviceCheckLine(subject, quantity, double.NaN, limit, isAtLeast, reason);
        }
    }
}

/// <summary>One finding of a <see cref="DeviceCheck"/>.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Quantity">What was measured, with its unit.</param>
/// <param name="Value">The value.</param>
/// <param name="Limit">The largest value that is right, the smallest where <paramref name="IsAtLeast"/>; null for a value that is
/// neither right nor wrong.</param>
/// <param name="IsAtLeast">Whether the limit is the smallest right value.</param>
/// <param name="Error">Why there is no value; null where there is one.</param>
public sealed record DeviceCheckLine(
    string Subject, string Quantity, double Value, double? Limit = null, bool IsAtLeast = false, string? Error = null)
{
    /// <summary>Whether it is as it should be.</summary>
    public bool Ok => Error is null && (Limit is not { } limit || (IsAtLeast ? Value >= limit : Value <= limit));
}
