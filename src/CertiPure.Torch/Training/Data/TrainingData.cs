using CertiPure.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Data;

/// <summary>The training split in memory, one byte per value, and its batches.</summary>
public sealed class TrainingData : IDisposable
{
    private readonly Tensor _pixels;
    private readonly Tensor _labels;

    /// <summary>Takes images over.</summary>
    /// <param name="pixels"><c>[N,C,H,W]</c>, bytes 0 to 255 or 32-bit floats in [0,1].</param>
    /// <param name="labels"><c>[N]</c> 64-bit integers; -1 where the label is unknown.</param>
    /// <param name="classCount">The number of classes; 0 where unknown.</param>
    public TrainingData(Tensor pixels, Tensor labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (pixels.dim() != 4 || labels.dim() != 1 || pixels.shape[0] != labels.shape[0] || pixels.shape[0] == 0)
        {
            throw new ArgumentException("Training needs images [N,C,H,W] and as many labels [N].", nameof(pixels));
        }

        _pixels = pixels.DetachFromDisposeScope();
        _labels = labels.DetachFromDisposeScope();
        Shape = new ImageShape((int)pixels.shape[1], (int)pixels.shape[2], (int)pixels.shape[3]);
        Count = (int)pixels.shape[0];
        ClassCount = classCount;
    }

    /// <summary>The shape of each image.</summary>
    public ImageShape Shape { get; }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>The number of classes; 0 where labels are unknown.</summary>
    public int ClassCount { get; }

    /// <summary>Reads a split into memory.</summary>
    /// <param name="source">The split.</param>
    /// <param name="ids">The images to take; null for all.</param>
    /// <exception cref="CertiPureException">The split has no images.</exception>
    public static TrainingData Load(IImageSource source, IReadOnlyList<int>? ids = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        int count = ids?.Count ?? source.Count;
        if (count == 0)
        {
            throw new CertiPureException($"The data set '{source.Name}' has no images to train on.");
        }

        ImageShape shape = source.Shape;
        Tensor pixels = empty([count, shape.Channels, shape.Height, shape.Width], ScalarType.Byte);
        Tensor labels = empty([count], ScalarType.Int64);
        TorchSharp.Utils.TensorAccessor<long> labelValues = labels.data<long>();
        for (int i = 0; i < count; i++)
        {
            LabeledImage image = source.Read(ids?[i] ?? i);

            // A span ends at 2 GiB, which all images together may exceed.
            using Tensor place = pixels[i];
            image.Bytes.Span.CopyTo(place.bytes);
            labelValues[i] = image.Label ?? -1;
        }

        return new TrainingData(pixels, labels, source.ClassNames.Count);
    }

    /// <summary>Gathers and augments one batch.</summary>
    /// <param name="ids">Which images.</param>
    /// <param name="augmentation">What to do to them.</param>
    /// <param name="random">The step's randomness.</param>
    /// <param name="device">Where the batch goes.</param>
    public TrainingBatch Batch(long[] ids, Augmentation augmentation, TrainingRandom random, Device device)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        using Tensor index = tensor(ids, ScalarType.Int64);
        Tensor pixels = _pixels.index_select(0, index).to(device);
        pixels = pixels.dtype == ScalarType.Byte ? pixels.to(ScalarType.Float32) / 255f : pixels;
        return new TrainingBatch(augmentation.Apply(pixels, random), _labels.index_select(0, index).to(device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pixels.Dispose();
        _labels.Dispose();
    }
}

/// <summary>One batch of augmented training images.</summary>
/// <param name="Pixels"><c>[N,C,H,W]</c> 32-bit floats in pixel space, [0,1].</param>
/// <param name="Labels"><c>[N]</c> 64-bit integers; -1 where the label is unknown.</param>
public sealed record TrainingBatch(Tensor Pixels, Tensor Labels)
{
    /// <summary>The images in network space: 2 * pixels - 1.</summary>
    public Tensor NetworkSpace => Purifiers.NetworkSpace.FromPixels(Pixels);
}
