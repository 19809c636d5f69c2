using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Features;
using CertiPure.Torch.Purifiers;
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
    private readonly int _channels;
    private readonly IReadOnlyList<Tensor> _constants;

    private FeatureNetwork(
        string name, nn.Module network, Func<Tensor, Tensor> features, int channels = 3, params IReadOnlyList<Tensor> constants)
    {
        Name = name;
        _network = network;
        _features = features;
        _channels = channels;
        _constants = constants;
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
    /// are not at hand. The number is not an FID, and its name says so.</summary>
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

    /// <summary>What a CIFAR ResNet's last layer sees: as many features as the layer has inputs. The number is not an FID, and its name says
    /// so.</summary>
    /// <param name="weights">The classifier's file, whose metadata name the network.</param>
    /// <exception cref="CertiPureException">The file is of another network, or does not fit it.</exception>
    public static FeatureNetwork Classifier(Checkpoint weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        (nn.Module<Tensor, Tensor> network, ImageShape shape, PixelNormalization normalization) = ClassifierCheckpoint.Build(weights);
        if (network is not CifarResNet classifier)
        {
            network.Dispose();
            throw new CertiPureException(
                $"Features are taken from the last layer of a CIFAR ResNet, and {weights.Path} is a {network.GetName()}: choose another "
                + "feature network.",
                ErrorReason.InvalidArgument);
        }

        Tensor mean = PerChannel(normalization.Mean);
        Tensor deviation = PerChannel(normalization.Deviation);
        return new FeatureNetwork(
            $"CIFAR ResNet last layer, {shape}, {Hash(weights)}",
            classifier,
            pixels => classifier.Features((pixels - mean) / deviation),
            shape.Channels,
            mean,
            deviation);

        static Tensor PerChannel(IReadOnlyList<double> values) =>
            tensor(values.Select(value => (float)value).ToArray()).view(1, -1, 1, 1).DetachFromDisposeScope();
    }

    /// <summary>Computes features.</summary>
    /// <param name="pixels"><c>[N,C,H,W]</c> in pixel space, [0,1]; grey images where the network takes colour are shown to it as three
    /// equal channels.</param>
    /// <returns><c>[N,D]</c>.</returns>
    /// <exception cref="CertiPureException">A value lies outside [0,1], or the images have another number of channels.</exception>
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

        long given = pixels.shape[1];
        if (given != _channels && given != 1)
        {
            throw new CertiPureException(
                $"{Name} takes images of {_channels} channels, and these have {given}: choose another feature network.", ErrorReason.InvalidArgument);
        }

        Tensor input = given == _channels ? pixels : pixels.expand(-1, _channels, -1, -1);
        return _features(input).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        _network.Dispose();
        foreach (Tensor constant in _constants)
        {
            constant.Dispose();
        }
    }

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
