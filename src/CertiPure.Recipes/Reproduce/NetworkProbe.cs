using System.Diagnostics;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>Times the networks of a reproduction for a moment each: those at hand, and for published weights that are not here their
/// architecture with fresh ones.</summary>
internal sealed class NetworkProbe
{
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(400);

    private readonly ReproductionOptions _options;
    private readonly ReproductionModels _models;
    private readonly ImageShape _shape;
    private readonly Dictionary<string, double?> _rates = [];

    public NetworkProbe(ReproductionOptions options, ReproductionModels models, ImageShape shape)
    {
        _options = options;
        _models = models;
        _shape = shape;
    }

    /// <summary>One-step purifications per second, or null where neither weights nor architecture are known.</summary>
    public double? PurifierRate(string method, string role) => Rate("purifier " + role, () =>
    {
        // PF-ODE calls its network as one-step EDM does, only more often.
        string oneStep = method == "pf-ode" ? "edm" : method;
        using TorchPurifier? purifier = _models.IsReady(role)
            ? _models.LoadPurifier(oneStep, role, 0.5)
            : Published(oneStep, role);
        return purifier is null ? null : Measure(_shape, batch => purifier.Purify(batch, 0.5));
    });

    /// <summary>Classifications per second, or null.</summary>
    public double? ClassifierRate(string role) => Rate("classifier " + role, () =>
    {
        if (_models.IsReady(role))
        {
            IClassifier atHand = _models.LoadClassifier(role);
            using var owned = atHand as IDisposable;
            return Measure(_shape, batch => atHand.Logits(batch));
        }

        if (!_options.Scale.IsPublished || role != "classifier")
        {
            return null;
        }

        var network = new VisionTransformer(new VisionTransformerOptions { NumLabels = 10 });
        FreshWeights.Draw(network, seed: 0);
        using var classifier = new TorchClassifier(
            network, _shape, new PixelNormalization([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), Precision, Device);
        return Measure(_shape, batch => classifier.Logits(batch));
    });

    private Precision Precision => _models.Precision;

    private TorchSharp.torch.Device Device => _options.Device.Open();

    private TorchPurifier? Published(string method, string role)
    {
        if (!_options.Scale.IsPublished)
        {
            return null;
        }

        DiffusionNetwork? network = role switch
        {
            "ddpm" => new ImprovedDiffusionUNet(new OpenAiUNetOptions
            {
                ImageSize = 32,
                ModelChannels = 128,
                OutputChannels = 6,
                ResidualBlocks = 3,
                AttentionResolutions = [16, 8],
            }),
            "edm" or "consistency" or "consistency-lpips" => new SongUNet(FlaxNcsnpp.Cifar10),
            _ => null,
        };
        if (network is null)
        {
            return null;
        }

        FreshWeights.Draw(network, seed: 0);
        return PurifierMethod.Create(
            method,
            new Denoiser(network, Preconditioning.Named(method)),
            NoiseLevelRule.Nearest,
            Precision,
            Device);
    }

    private double? Rate(string key, Func<double?> measure)
    {
        if (!_rates.TryGetValue(key, out double? rate))
        {
            LibTorch.Load();
            rate = measure();
            _rates.Add(key, rate);
        }

        return rate;
    }

    /// <summary>Doubles the batch up to that of runs until one takes long enough to be timed: a large network is timed on few images.</summary>
    internal static double Measure(ImageShape shape, Action<ImageBatch> call)
    {
        // The first call also loads kernels.
        call(new ImageBatch(shape, 1));
        for (int count = 1; ; count *= 2)
        {
            var batch = new ImageBatch(shape, count);
            long start = Stopwatch.GetTimestamp();
            call(batch);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed >= Enough || count >= 64)
            {
                return count / elapsed.TotalSeconds;
            }
        }
    }
}
