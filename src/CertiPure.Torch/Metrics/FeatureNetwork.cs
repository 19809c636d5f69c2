using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>A network whose features a Fréchet distance compares, under a name that says everything the number depends
/// on: network, resizer and weights.</summary>
public sealed class FeatureNetwork : IDisposable
{
    private const int HashDigits = 12;
    private const int SqueezeNetSide = 224;

    private readonly nn.Module _network;
    private readonly Func<Tensor, Tensor> _features;

    private FeatureNetwork(string name, nn.Module network, Func<Tensor, Tensor> features)
    {
        Name = name;
        _network = network;
        _features = features;
        network.eval();
    }

    /// <summary>The network, its resizer, and the first digits of its weights' SHA-256.</summary>
    public string Name { get; }

    /// <summary>pytorch-fid's Inception-v3, pool3, 2,048 features: with it a Fréchet distance is a FID.</summary>
    /// <param name="weights">pytorch-fid's weights file.</param>
    /// <exception cref="CertiPureException">The file does not fit the network.</exception>
    public static FeatureNetwork Inception(Checkpoint weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var network = new InceptionV3();
        CheckpointLoader.Load(
            network, weights, optional: name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        return new FeatureNetwork($"Inception-v3 pool3, bilinear to 299, {Hash(weights)}", network, network.call);
    }

    /// <summary>SqueezeNet 1.1's last layer, averaged over pixels: 512 features, for small sets and where Inception's weights
    /// are not at hand. The number is no FID, and its name says so.</summary>
    /// <param name="weights">torchvision's weights file.</param>
    /// <exception cref="CertiPureException">The file does not fit the network.</exception>
    public static FeatureNetwork SqueezeNet(Checkpoint weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var network = new SqueezeNet(classes: 0);
        CheckpointLoader.Load(
            network, weights, optional: name => name.StartsWith("classifier.", StringComparison.Ordinal));
        return new FeatureNetwork(
            $"SqueezeNet 1.1 last layer, bilinear to {SqueezeNetSide}, {Hash(weights)}",
            network,
            pixels => network.Features(ImageNetNormalise(pixels))[^1].mean([2, 3]));
    }

    /// <summary>Computes features.</summary>
    /// <param name="pixels"><c>[N,3,H,W]</c> in pixel space, [0,1].</param>
    /// <returns><c>[N,D]</c>.</returns>
    /// <exception cref="CertiPureException">A value lies outside [0,1].</exception>
    public Tensor Features(Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        float lowest = pixels.min().item<float>();
        float highest = pixels.max().item<float>();
        if (!(lowest >= 0 && highest <= 1))
        {
            throw new CertiPureException(
                $"Feature networks take images in [0,1], and these lie in [{lowest:g6}, {highest:g6}]: clamp purified images first.");
        }

        return _features(pixels).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => _network.Dispose();

    private static Tensor ImageNetNormalise(Tensor pixels)
    {
        Tensor resized = nn.functional.interpolate(
            pixels, [SqueezeNetSide, SqueezeNetSide], mode: InterpolationMode.Bilinear, align_corners: false);
        Tensor mean = tensor([.485f, .456f, .406f]).reshape(1, 3, 1, 1);
        Tensor deviation = tensor([.229f, .224f, .225f]).reshape(1, 3, 1, 1);
        return (resized - mean) / deviation;
    }

    private static string Hash(Checkpoint weights) =>
        weights.Path is null ? "weights in memory" : $"weights {weights.Sha256()[..HashDigits]}";
}
