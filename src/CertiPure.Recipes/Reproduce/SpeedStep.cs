using System.Diagnostics;
using System.Globalization;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The speed of the ImageNet-64 network, with fresh weights: its published ones are conditioned on the class, and neither they nor
/// the data are bundled.</summary>
internal sealed record SpeedStep : ReproductionStep
{
    private readonly ReproductionOptions _options;

    public SpeedStep(ReproductionOptions options)
        : base("speed of the ImageNet-64 network", "networks", 1) => _options = options;

    private string PathOfResult => Path.Combine(_options.Folder, "measurements", "imagenet64.json");

    private string Inputs => string.Create(
        CultureInfo.InvariantCulture,
        $"{_options.Scale.ImageNet64.ModelChannels} channels of {_options.Scale.ImageNet64.ImageSize}, {_options.Device}, fp32, {Threads} threads");

    /// <summary>One image at a time: the operations share the processor.</summary>
    private int Threads => _options.Threads ?? Environment.ProcessorCount;

    /// <summary>What was measured, or null.</summary>
    public NetworkSpeed? Result => Measurement.Find<NetworkSpeed>(PathOfResult, Inputs);

    public override Task RunAsync(Action<int> progress, CancellationToken cancellation) => NetworkThread.RunAsync(
        () =>
        {
            LibTorch.Load();
            if (Result is null)
            {
                LibTorch.Threads = Threads;
                Measurement.Write(PathOfResult, Inputs, Measure());
            }

            progress(1);
        });

    private NetworkSpeed Measure()
    {
        OpenAiUNetOptions options = _options.Scale.ImageNet64;
        Device device = _options.Device.Open();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        using var network = new ConsistencyUNet(options);
        FreshWeights.Draw(network, seed: 0);
        using var denoiser = new Denoiser(network, Preconditioning.Named("consistency"));
        denoiser.eval();
        denoiser.to(device);
        Tensor images = zeros([1, 3, options.ImageSize, options.ImageSize], device: device);
        Tensor labels = zeros([1, options.Classes], device: device);
        labels[0, 0] = 1;
        Tensor level = tensor([1f], device: device);
        // The first call also chooses kernels.
        denoiser.Denoise(images, level, labels).cpu();
        long start = Stopwatch.GetTimestamp();
        denoiser.Denoise(images, level, labels).cpu();
        return new NetworkSpeed(
            "OpenAI's UNet of consistency models, class-conditional",
            network.parameters().Sum(parameter => parameter.numel()),
            1 / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}

/// <summary>How fast a network runs.</summary>
/// <param name="Network">The network.</param>
/// <param name="Parameters">Its number of parameters.</param>
/// <param name="ImagesPerSecond">Images per second of one call.</param>
internal sealed record NetworkSpeed(string Network, long Parameters, double ImagesPerSecond);
