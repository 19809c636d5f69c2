using System.Globalization;
using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Features;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// LPIPS, the learned perceptual distance (Zhang et al. 2018, version 0.1): features of both images, unit-normalised over
/// channels, squared difference, linear heads, spatial mean, sum over layers. As a module it is the loss of Consistency
/// Fine-tuning: differentiable in its inputs, with its own weights frozen.
/// </summary>
public sealed class Lpips : nn.Module<Tensor, Tensor, Tensor>
{
    private const double Epsilon = 1e-10;

    private readonly LayeredNetwork _backbone;
    private readonly LpipsHeads _heads;
    private readonly int? _resolution;

    /// <summary>Joins a backbone and its heads, and freezes both.</summary>
    /// <param name="backbone">The feature network, with ImageNet weights.</param>
    /// <param name="heads">The linear heads that belong to it.</param>
    /// <param name="resolution">The side to which both images are first resized bilinearly, 224 when training on small
    /// images (Song et al. 2023, appendix C), or null to compare them as they are.</param>
    /// <exception cref="ArgumentException">The heads are not of this backbone.</exception>
    public Lpips(LayeredNetwork backbone, LpipsHeads heads, int? resolution = null)
        : base(nameof(Lpips))
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(heads);
        if (backbone.FeatureChannels.Count != heads.Count)
        {
            throw new ArgumentException(
                $"{backbone.GetName()} has {backbone.FeatureChannels.Count} features, and {heads.Count} heads were given.",
                nameof(heads));
        }

        _backbone = backbone;
        _heads = heads;
        _resolution = resolution;
        register_module("net", backbone);
        register_module("heads", heads);
        register_buffer("shift", tensor([-.030f, -.088f, -.188f]).reshape(1, 3, 1, 1), persistent: false);
        register_buffer("scale", tensor([.458f, .448f, .450f]).reshape(1, 3, 1, 1), persistent: false);
        eval();
        foreach (Tensor parameter in parameters())
        {
            parameter.requires_grad_(false);
        }
    }

    /// <summary>Makes the distance from published files.</summary>
    /// <param name="network"><c>alex</c>, <c>vgg</c> or <c>squeeze</c>.</param>
    /// <param name="backbone">torchvision's ImageNet weights of that network; its classifier is not used.</param>
    /// <param name="heads">The linear heads, version 0.1, of that network.</param>
    /// <param name="resolution">The side to which both images are first resized bilinearly, or null.</param>
    /// <exception cref="CertiPureException">The network has another name, or a checkpoint does not fit it.</exception>
    public static Lpips Load(string network, Checkpoint backbone, Checkpoint heads, int? resolution = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(heads);
        LayeredNetwork features = network switch
        {
            "alex" => new AlexNet(classes: 0),
            "vgg" => new Vgg16(classes: 0),
            "squeeze" => new SqueezeNet(classes: 0),
            _ => throw new CertiPureException(
                $"LPIPS has no network '{network}': choose alex, vgg or squeeze.", ErrorReason.InvalidArgument),
        };
        CheckpointLoader.Load(
            features, backbone, optional: name => name.StartsWith("classifier.", StringComparison.Ordinal));
        var linear = new LpipsHeads(features.FeatureChannels);
        CheckpointLoader.Load(linear, heads);
        return new Lpips(features, linear, resolution);
    }

    /// <summary>The distance as a metric: images outside the range it was learnt on are refused.</summary>
    /// <param name="x"><c>[N,3,H,W]</c> in network space, [-1,1].</param>
    /// <param name="y"><c>[N,3,H,W]</c> in network space, [-1,1].</param>
    /// <returns><c>[N]</c>, each at least 0.</returns>
    /// <exception cref="CertiPureException">An image has a value outside [-1,1] or not a number.</exception>
    public Tensor Distance(Tensor x, Tensor y)
    {
        RefuseOutside(x);
        RefuseOutside(y);
        using var noGradient = no_grad();
        return call(x, y);
    }

    /// <summary>The distance as a loss. A purifier's output may overshoot [-1,1] a little, and its gradient is what brings
    /// it back, so nothing is refused or clamped here.</summary>
    /// <param name="x"><c>[N,3,H,W]</c> in network space, about [-1,1].</param>
    /// <param name="y"><c>[N,3,H,W]</c> in network space, about [-1,1].</param>
    /// <returns><c>[N]</c>.</returns>
    public override Tensor forward(Tensor x, Tensor y)
    {
        IReadOnlyList<Tensor> featuresX = _backbone.Features(Prepare(x));
        IReadOnlyList<Tensor> featuresY = _backbone.Features(Prepare(y));
        Tensor? distance = null;
        for (int i = 0; i < featuresX.Count; i++)
        {
            Tensor difference = UnitNormalise(featuresX[i]) - UnitNormalise(featuresY[i]);
            Tensor layer = _heads.Weigh(i, difference.square()).mean([1, 2, 3]);
            distance = distance is null ? layer : distance + layer;
        }

        return distance!;
    }

    private Tensor Prepare(Tensor images)
    {
        if (_resolution is int side && (images.shape[2] != side || images.shape[3] != side))
        {
            images = nn.functional.interpolate(images, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
        }

        // TorchSharp leaves buffers that are not persistent where they are when it moves a module.
        return (images - get_buffer("shift")!.to(images.device)) / get_buffer("scale")!.to(images.device);
    }

    /// <summary>Divides by the length over channels. The norm's own gradient is 0 at 0, where that of a square root of a
    /// sum of squares would be infinite: a pixel where every channel is off occurs behind every ReLU.</summary>
    private static Tensor UnitNormalise(Tensor features) =>
        features / (linalg.vector_norm(features, 2, [1], keepdim: true) + Epsilon);

    private static void RefuseOutside(Tensor images)
    {
        using var scope = NewDisposeScope();
        float lowest = images.min().item<float>();
        float highest = images.max().item<float>();

        // A value that is not a number fails both comparisons, and so is refused too.
        if (!(lowest >= -1 && highest <= 1))
        {
            throw new CertiPureException(
                $"LPIPS takes images in [-1,1], and these lie in [{lowest:g6}, {highest:g6}]: map pixels x of [0,1] to 2x - 1, "
                + "and clamp purified images first.");
        }
    }
}

/// <summary>
/// The linear heads of LPIPS: one weight per channel of each perceptual feature, learnt from human judgements. Parameter
/// names are those of the published v0.1 files, <c>lin0.model.1.weight</c> and so on, each <c>[1,channels,1,1]</c>.
/// </summary>
public sealed class LpipsHeads : nn.Module
{
    private readonly List<nn.Module<Tensor, Tensor>> _heads = [];

    /// <summary>Makes the heads, to be loaded.</summary>
    /// <param name="channels">The channels of each perceptual feature.</param>
    public LpipsHeads(IReadOnlyList<int> channels)
        : base(nameof(LpipsHeads))
    {
        ArgumentNullException.ThrowIfNull(channels);
        foreach (int count in channels)
        {
            nn.Module<Tensor, Tensor> linear = nn.Conv2d(count, 1, 1, bias: false);
            register_module("lin" + _heads.Count.ToString(CultureInfo.InvariantCulture), new Head(linear));
            _heads.Add(linear);
        }
    }

    /// <summary>The number of heads.</summary>
    public int Count => _heads.Count;

    /// <summary>Weighs the channels of one feature's squared differences.</summary>
    /// <param name="feature">Which feature, from 0.</param>
    /// <param name="squaredDifference"><c>[N,channels,h,w]</c>.</param>
    /// <returns><c>[N,1,h,w]</c>.</returns>
    public Tensor Weigh(int feature, Tensor squaredDifference) => _heads[feature].call(squaredDifference);

    /// <summary>Exists for the name alone: the published files hold <c>model.1</c>, after a dropout at <c>model.0</c>.</summary>
    private sealed class Head : nn.Module
    {
        public Head(nn.Module<Tensor, Tensor> linear)
            : base(nameof(Head))
        {
            register_module("model", nn.Sequential(("1", linear)));
        }
    }
}

/// <summary>LPIPS over pairs of images.</summary>
/// <param name="Network">The network, with the first digits of its weights' SHA-256; numbers of different networks cannot be
/// compared.</param>
/// <param name="Distances">The distance of each pair, in order.</param>
public sealed record LpipsMeasurement(string Network, IReadOnlyList<double> Distances)
{
    /// <summary>The mean over the pairs.</summary>
    public double Mean => Distances.Average();

    /// <summary>Measures pairs, batch by batch.</summary>
    /// <param name="lpips">The distance.</param>
    /// <param name="network">What to call it.</param>
    /// <param name="first">Images <c>[N,C,H,W]</c> in pixel space, [0,1]; grey ones are compared as three equal channels.</param>
    /// <param name="second">As many images of the same shape, in batches of the same sizes.</param>
    /// <exception cref="CertiPureException">A value lies outside [0,1], or the sets differ in shape or number.</exception>
    public static LpipsMeasurement Of(
        Lpips lpips, string network, IEnumerable<ImageBatch> first, IEnumerable<ImageBatch> second)
    {
        ArgumentNullException.ThrowIfNull(lpips);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var distances = new List<double>();
        using IEnumerator<ImageBatch> others = second.GetEnumerator();
        foreach (ImageBatch batch in first)
        {
            if (!others.MoveNext() || others.Current.Shape != batch.Shape || others.Current.Count != batch.Count)
            {
                throw Unlike();
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor distance = lpips.Distance(Prepare(batch), Prepare(others.Current));
            distances.AddRange(PixelTensor.Download(distance).Select(value => (double)value));
        }

        return others.MoveNext() || distances.Count == 0 ? throw Unlike() : new LpipsMeasurement(network, distances);
    }

    /// <summary>The mean with all that it depends on.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"LPIPS {Mean:0.####} ({Network}; {Distances.Count:N0} pairs)");

    private static Tensor Prepare(ImageBatch batch)
    {
        Tensor images = NetworkSpace.FromPixels(PixelTensor.Upload(batch, CPU));
        return batch.Shape.Channels == 1 ? images.expand(-1, 3, -1, -1) : images;
    }

    private static CertiPureException Unlike() => new(
        "LPIPS compares two sets image by image: name two that have as many images, of one shape.", ErrorReason.InvalidArgument);
}
