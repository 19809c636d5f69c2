using CertiPure.Images;

namespace CertiPure;

/// <summary>A classifier with what happens to images before its network, for any implementation of the network.</summary>
public sealed class PreprocessedClassifier : IClassifier, IDisposable
{
    private readonly IClassifier _network;
    private readonly ClassifierPreprocessing _preprocessing;
    private readonly Resampler? _resampler;
    private readonly float[] _factors;
    private readonly float[] _summands;

    /// <summary>Takes over a network.</summary>
    /// <param name="network">The network; disposed with this.</param>
    /// <param name="preprocessing">What happens before it.</param>
    /// <param name="shape">The images' shape.</param>
    /// <exception cref="CertiPureException">The preprocessing does not fit the images, or its result not the network.</exception>
    public PreprocessedClassifier(IClassifier network, ClassifierPreprocessing preprocessing, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(preprocessing);
        (_factors, _summands) = preprocessing.Affine(shape.Channels);
        if (preprocessing.NetworkShape(shape) != network.Shape)
        {
            throw new CertiPureException(
                $"The classifier takes images of {network.Shape}, and its preprocessing makes {preprocessing.NetworkShape(shape)} of {shape}.",
                ErrorReason.Refused);
        }

        _network = network;
        _preprocessing = preprocessing;
        Shape = shape;
        _resampler = network.Shape == shape
            ? null
            : new Resampler(shape, network.Shape.Height, network.Shape.Width, preprocessing.Interpolation);
    }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int ClassCount => _network.ClassCount;

    /// <inheritdoc/>
    public IReadOnlyList<SuspectNode> SuspectNodes => _network.SuspectNodes;

    /// <summary>The classifier without what happens before it.</summary>
    public IClassifier Network => _network;

    /// <inheritdoc/>
    public float[] Logits(ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape != Shape)
        {
            throw new ArgumentException($"Expected images of {Shape}, got {images.Shape}.", nameof(images));
        }

        ImageBatch resized = _resampler?.Resize(images) ?? images;
        var input = new ImageBatch(_network.Shape, images.Count);
        int plane = input.Shape.Height * input.Shape.Width;
        for (int image = 0; image < images.Count; image++)
        {
            for (int channel = 0; channel < Shape.Channels; channel++)
            {
                int source = _preprocessing.IsBgr ? Shape.Channels - 1 - channel : channel;
                ReadOnlySpan<float> from = resized[image].Slice(source * plane, plane);
                Span<float> to = input[image].Slice(channel * plane, plane);
                for (int i = 0; i < plane; i++)
                {
                    to[i] = (from[i] * _factors[channel]) + _summands[channel];
                }
            }
        }

        return _network.Logits(input);
    }

    /// <inheritdoc/>
    public void Dispose() => (_network as IDisposable)?.Dispose();
}
