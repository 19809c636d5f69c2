using CertiPure.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>What happens to images before a classifier's network, on tensors and with gradients: the same steps as
/// <see cref="PreprocessedClassifier"/> takes.</summary>
internal sealed class TensorPreprocessing : IDisposable
{
    private readonly Tensor? _rows;
    private readonly Tensor? _columns;
    private readonly Tensor? _order;
    private readonly Tensor _factors;
    private readonly Tensor _summands;

    /// <summary>Prepares the steps.</summary>
    /// <param name="preprocessing">The steps.</param>
    /// <param name="shape">The images' shape.</param>
    /// <param name="device">Where the images lie.</param>
    /// <exception cref="CertiPureException">The steps do not fit the images.</exception>
    public TensorPreprocessing(ClassifierPreprocessing preprocessing, ImageShape shape, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        (float[] factors, float[] summands) = preprocessing.Affine(shape.Channels);
        _factors = Keep(tensor(factors).view(1, -1, 1, 1));
        _summands = Keep(tensor(summands).view(1, -1, 1, 1));
        ImageShape target = preprocessing.NetworkShape(shape);
        if (target != shape)
        {
            var resampler = new Resampler(shape, target.Height, target.Width, preprocessing.Interpolation);
            _rows = Keep(tensor(resampler.RowMatrix()).view(target.Height, shape.Height));
            _columns = Keep(tensor(resampler.ColumnMatrix()).view(target.Width, shape.Width).transpose(0, 1).contiguous());
        }

        _order = preprocessing.IsBgr ? Keep(tensor((long[])[2, 1, 0])) : null;

        Tensor Keep(Tensor value) => value.to(device).DetachFromDisposeScope();
    }

    /// <summary>Takes the steps.</summary>
    /// <param name="pixels"><c>[N,C,H,W]</c> in pixel space.</param>
    /// <returns>What the network takes.</returns>
    public Tensor Apply(Tensor pixels)
    {
        Tensor resized = _rows is null ? pixels : _rows.matmul(pixels.matmul(_columns!));
        Tensor ordered = _order is null ? resized : resized.index_select(1, _order);
        return (ordered * _factors) + _summands;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows?.Dispose();
        _columns?.Dispose();
        _order?.Dispose();
        _factors.Dispose();
        _summands.Dispose();
    }
}
