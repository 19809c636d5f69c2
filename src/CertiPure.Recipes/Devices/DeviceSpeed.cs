using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Devices;

/// <summary>How fast a device computes. A GPU works on after a call returns, so that each measurement ends by fetching a value.</summary>
internal static class DeviceSpeed
{
    private const int Depth = 8192;
    private const int Repeats = 5;

    /// <summary>The best of large products and of a large convolution, in GFLOP/s.</summary>
    public static double Peak(Device device, Precision precision)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        ScalarType type = precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        int side = device.type == DeviceType.CPU ? 1024 : Depth;
        Tensor left = ones([side, Depth], type, device), right = ones([Depth, side], type, device);
        int batch = device.type == DeviceType.CPU ? 8 : 256;
        Tensor images = ones([batch, 256, 32, 32], type, device), weights = ones([256, 256, 3, 3], type, device);
        return Math.Max(
            2.0 * side * side * Depth / Seconds(() => left.matmul(right)),
            2.0 * batch * 32 * 32 * 256 * 256 * 9 / Seconds(() => nn.functional.conv2d(images, weights, padding: [1, 1]))) / 1e9;
    }

    /// <summary>Images per second of EDM's DDPM++ for CIFAR-10, and its operations per image.</summary>
    public static (double Rate, double Operations) Ddpmpp(Device device, Precision precision, int batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        var network = new SongUNet(new SongUNetOptions
        {
            Resolution = 32, Channels = 3, ChannelMult = [2, 2, 2], AttnResolutions = [16], AugmentLabelCount = 9,
        });
        FreshWeights.Draw(network, 1);
        using var denoiser = new Denoiser(network, new EdmPreconditioning());
        denoiser.eval();
        NetworkPrecision.Convert(denoiser, precision, device.type);
        denoiser.to(device);
        Tensor images = ones([batch, 3, 32, 32], device: device), level = ones([1], device: device);
        return (batch / Seconds(() => denoiser.Denoise(images, level)), SongUNetOperations.PerImage(network));
    }

    /// <summary>Draws per second of a base classifier that the calling thread calls alone.</summary>
    public static double Forward(IBaseClassifier classifier, int batches)
    {
        var noisy = new ImageBatch(classifier.Shape, classifier.BatchSize);
        int[] labels = new int[classifier.BatchSize];
        classifier.Classify(noisy, labels);
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < batches; i++)
        {
            classifier.Classify(noisy, labels);
        }

        return batches * classifier.BatchSize / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The shortest of a few times, after one that chooses kernels.</summary>
    private static double Seconds(Func<Tensor> compute)
    {
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            var clock = Stopwatch.StartNew();
            using (Tensor result = compute())
            {
                using Tensor flat = result.flatten();
                using Tensor first = flat[0];
                first.to(ScalarType.Float32).item<float>();
            }

            if (repeat > 0)
            {
                best = Math.Min(best, clock.Elapsed.TotalSeconds);
            }
        }

        return best;
    }
}
