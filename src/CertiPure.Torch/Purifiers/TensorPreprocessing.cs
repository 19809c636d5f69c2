using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>What happens to images before a classifier's network, on tensors and with gradients: the same steps as
/// <see cref="PreprocessedClassifier"/> takes.</summary>
internal sealed class TensorPreprocessing : IDisposable
{
    private readonly ImageShape _target;
    private readonly Resampler? _resampler;
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
        _target = preprocessing.NetworkShape(shape);
        if (_target != shape)
        {
            _resampler = new Resampler(shape, _target.Height, _target.Width, preprocessing.Interpolation);
            _rows = Keep(tensor(_resampler.RowMatrix()).view(_target.Height, shape.Height));
            _columns = Keep(tensor(_resampler.ColumnMatrix()).view(_target.Width, shape.Width).transpose(0, 1).contiguous());
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

    /// <summary>The steps as a piece of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pixels"><c>[N,C,H,W]</c> in pixel space.</param>
    /// <returns>What the network takes.</returns>
    public GraphValue Write(GraphBuilder graph, GraphValue pixels)
    {
        GraphValue value = pixels;
        if (_resampler is not null)
        {
            value = graph.Resample(
                value,
                ResamplingMatrix.Of(_resampler.RowMatrix(), _target.Height),
                ResamplingMatrix.Of(_resampler.ColumnMatrix(), _target.Width));
        }

        if (_order is not null)
        {
            value = graph.Concat(1, graph.Slice(value, 1, 2, 3), graph.Slice(value, 1, 1, 2), graph.Slice(value, 1, 0, 1));
        }

        long channels = value.Shape[1];
        return graph.Add(graph.Multiply(value, graph.Constant(_factors, channels, 1, 1)), graph.Constant(_summands, channels, 1, 1));
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
