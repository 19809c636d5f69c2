using System.Globalization;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Reproduce;

/// <summary>
/// What diffusion denoised smoothing's protocol on ImageNet would cost here (Carlini et al. 2023): guided diffusion's unconditional 256x256
/// network once per draw, then a ViT-B/16 on the purified image resized to 224. Noise and radii live at 256x256.
/// </summary>
public static class ImageNetPlan
{
    /// <summary>The plan's name among the scales.</summary>
    public const string Name = "imagenet256";

    private const string DenoiserName = "guided-diffusion-256";
    private const int Images = 500;
    private const int SelectionDraws = 100;
    private const int EstimationDraws = 10_000;
    private static readonly double[] Sigmas = [0.25, 0.5, 1];

    /// <summary>Times both networks for a moment and counts. The denoiser has 553 million parameters.</summary>
    /// <param name="locations">Where downloads are; where the denoiser is not here, fresh weights are timed.</param>
    /// <param name="precision">The networks' arithmetic.</param>
    /// <param name="device">The networks' device.</param>
    /// <exception cref="CertiPureException">Weights cannot be loaded.</exception>
    public static ReproductionEstimate Measure(DataLocations locations, Precision precision, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        LibTorch.Load();
        string? found = PublishedCheckpoints.Find(DenoiserName)!.Find(locations);
        double purifications;
        using (TorchPurifier purifier = PurifierMethod.Create(
            "ddpm", found is null ? Fresh() : PurifierCheckpoint.Load(found), NoiseLevelRule.Exact, precision, device.Open()))
        {
            purifications = NetworkProbe.Measure(purifier.Shape, batch => purifier.Purify(batch, 0.5));
        }

        var network = new VisionTransformer(new VisionTransformerOptions());
        FreshWeights.Draw(network, seed: 0);
        using var classifier = new TorchClassifier(
            network, new ImageShape(3, 224, 224), PixelNormalization.ImageNet, precision, device.Open());
        double classifications = NetworkProbe.Measure(classifier.Shape, batch => classifier.Logits(batch));
        return Of(purifications, classifications, found is null ? $"the denoiser is not here: download {DenoiserName}" : "");
    }

    /// <summary>The plan at given speeds.</summary>
    /// <param name="purifications">Purified images per second.</param>
    /// <param name="classifications">Classified images per second.</param>
    /// <param name="remark">What to say of each row.</param>
    internal static ReproductionEstimate Of(double purifications, double classifications, string remark)
    {
        const long Draws = Images * (SelectionDraws + (long)EstimationDraws);
        double hours = Draws * ((1 / purifications) + (1 / classifications)) / 3600;
        return new ReproductionEstimate(
        [
            .. Sigmas.Select(sigma => new ReproductionEstimateRow(
                string.Create(CultureInfo.InvariantCulture, $"imagenet256 sigma {sigma}, {Images} images, n {EstimationDraws:N0}"),
                Draws,
                2 * Draws,
                hours,
                remark)),
        ]);
    }

    private static Denoiser Fresh()
    {
        var network = new GuidedDiffusionUNet(new OpenAiUNetOptions
        {
            ImageSize = 256,
            ModelChannels = 256,
            OutputChannels = 6,
            ResidualBlocks = 2,
            AttentionResolutions = [32, 16, 8],
            HeadChannels = 64,
            ResidualUpDown = true,
        });
        FreshWeights.Draw(network, seed: 0);
        return new Denoiser(network, new DdpmPreconditioning { Options = new DiffusionOptions() });
    }
}
