using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.TorchScript;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>A classifier whose network runs on TorchSharp; the normalisation of pixels is part of it.</summary>
public sealed class TorchClassifier : IClassifier, IDisposable
{
    private readonly nn.Module _network;
    private readonly Func<Tensor, Tensor> _forward;
    private readonly ScalarType _type;
    private readonly Tensor? _mean;
    private readonly Tensor? _deviation;
    private readonly TorchClassifier? _inner;
    private readonly TensorPreprocessing? _preprocessing;

    /// <summary>Takes over a network.</summary>
    /// <param name="network">From normalised images <c>[N,C,H,W]</c> to logits <c>[N,K]</c>.</param>
    /// <param name="shape">The image shape.</param>
    /// <param name="normalization">What happens to pixels first, or null where the network does it.</param>
    /// <param name="precision">The format to compute in; the network is converted.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The network does not give logits for images of that shape.</exception>
    public TorchClassifier(
        nn.Module<Tensor, Tensor> network,
        ImageShape shape,
        PixelNormalization? normalization,
        Precision precision = Precision.Fp32,
        Device? device = null)
        : this(network, network.call, shape, normalization, precision, device)
    {
    }

    private TorchClassifier(
        nn.Module network,
        Func<Tensor, Tensor> forward,
        ImageShape shape,
        PixelNormalization? normalization,
        Precision precision,
        Device? device)
    {
        if (normalization is not null
            && (normalization.Mean.Count != shape.Channels || normalization.Deviation.Count != shape.Channels
                || normalization.Deviation.Any(deviation => !(deviation > 0))))
        {
            throw new CertiPureException(
                $"The classifier's normalisation does not fit images of {shape}: give one mean and one positive deviation per channel.");
        }

        _network = network;
        _forward = forward;
        _type = precision == Precision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        Shape = shape;
        Device = device ?? CPU;
        network.eval();
        if (precision != Precision.Fp32)
        {
            NetworkPrecision.Convert(network, precision, Device.type);
        }

        network.to(Device);
        if (normalization is not null)
        {
            _mean = PerChannel(normalization.Mean);
            _deviation = PerChannel(normalization.Deviation);
        }

        ClassCount = CountClasses();
    }

    private TorchClassifier(TorchClassifier inner, TensorPreprocessing preprocessing, ImageShape shape)
    {
        _inner = inner;
        _preprocessing = preprocessing;
        _network = inner._network;
        _forward = images => inner.Logits(preprocessing.Apply(images));
        _type = ScalarType.Float32;
        Shape = shape;
        Device = inner.Device;
        ClassCount = inner.ClassCount;
    }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <summary>Where its network runs.</summary>
    public Device Device { get; }

    /// <summary>Loads a TorchScript classifier, which does its own normalisation.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The image shape, which the file does not say.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <param name="output">Which of several outputs holds the scores: a dictionary's key, or a position from 0; null where only one
    /// can.</param>
    /// <exception cref="CertiPureException">The file is missing or damaged, its network does not fit the shape, or it gives no
    /// scores.</exception>
    public static TorchClassifier FromTorchScript(string path, ImageShape shape, Device? device = null, string? output = null)
    {
        var program = new TorchScriptProgram(path, output);
        try
        {
            return new TorchClassifier(program.Module, program.Scores, shape, null, Precision.Fp32, device);
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>Whether it can be written as a graph: its layers are known, which those of a TorchScript program are not.</summary>
    public bool IsWritable => _inner?.IsWritable ?? _network is IGraphLayer;

    /// <summary>This classifier with steps before its network.</summary>
    /// <param name="preprocessing">The steps.</param>
    /// <param name="shape">The images' shape.</param>
    /// <returns>A classifier of images of that shape, which takes this one over.</returns>
    /// <exception cref="CertiPureException">The steps do not fit the images, or their result not this classifier.</exception>
    public TorchClassifier Preprocessed(ClassifierPreprocessing preprocessing, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return preprocessing.NetworkShape(shape) == Shape
            ? new TorchClassifier(this, new TensorPreprocessing(preprocessing, shape, Device), shape)
            : throw new CertiPureException(
                $"The classifier takes images of {Shape}, and its preprocessing makes {preprocessing.NetworkShape(shape)} of {shape}.",
                ErrorReason.Refused);
    }

    /// <summary>Excludes its weights from gradients, which still flow to the images.</summary>
    public void Freeze()
    {
        foreach (Tensor parameter in _network.parameters())
        {
            parameter.requires_grad_(false);
        }
    }

    /// <inheritdoc/>
    public float[] Logits(ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape != Shape)
        {
            throw new ArgumentException($"Expected images of {Shape}, got {images.Shape}.", nameof(images));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        return PixelTensor.Download(Logits(PixelTensor.Upload(images, Device)));
    }

    /// <summary>Computes class scores of a batch that stays on the device.</summary>
    /// <param name="pixels"><c>[N,C,H,W]</c> in pixel space, float32.</param>
    /// <returns>Logits <c>[N,K]</c>, float32.</returns>
    public Tensor Logits(Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = _mean is null ? pixels : (pixels - _mean).div_(_deviation!);
        return _forward(input.to(_type)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The classifier as a piece of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pixels"><c>[N,C,H,W]</c> in pixel space.</param>
    /// <returns>Logits, <c>[N,K]</c>.</returns>
    /// <exception cref="CertiPureException">The network cannot write itself as a graph.</exception>
    public GraphValue Write(GraphBuilder graph, GraphValue pixels)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (_inner is not null)
        {
            return _inner.Write(graph, _preprocessing!.Write(graph, pixels));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        GraphValue input = pixels;
        if (_mean is not null)
        {
            Tensor scale = _deviation!.to(ScalarType.Float64).reciprocal(), shift = -_mean.to(ScalarType.Float64) * scale;
            long channels = Shape.Channels;
            input = graph.Add(graph.Multiply(pixels, graph.Constant(scale, channels, 1, 1)), graph.Constant(shift, channels, 1, 1));
        }

        return _network is IGraphLayer network
            ? network.Write(graph, input)
            // Without its name: TorchSharp ends the process where a TorchScript program is asked for it.
            : throw new CertiPureException(
                "The classifier cannot be written as an ONNX graph: it is a TorchScript program, or a layer of it has no operators there.",
                ErrorReason.InvalidArgument);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        if (_inner is not null)
        {
            _inner.Dispose();
            _preprocessing!.Dispose();
            return;
        }

        _network.Dispose();
        _mean?.Dispose();
        _deviation?.Dispose();
    }

    private int CountClasses()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        try
        {
            // Two images: a network that gives one row for a whole batch, or takes one image at a time, shows it.
            Tensor logits = Logits(zeros([2, Shape.Channels, Shape.Height, Shape.Width], device: Device));
            if (logits.dim() == 2 && logits.shape[0] == 2 && logits.shape[1] >= 2)
            {
                return (int)logits.shape[1];
            }

            throw new CertiPureException(
                $"The classifier gives [{string.Join(',', logits.shape)}] for two images of {Shape} instead of a row of scores for each: "
                + "choose a classifier.");
        }
        catch (Exception exception) when (NativeError.IsRefusal(exception))
        {
            throw new CertiPureException(
                $"The classifier does not take images of {Shape} ({NativeError.Reason(exception)}): check the data and the classifier.",
                exception);
        }
    }

    private Tensor PerChannel(IReadOnlyList<double> values) =>
        tensor(values.Select(value => (float)value).ToArray()).view(1, -1, 1, 1).to(Device).DetachFromDisposeScope();
}
