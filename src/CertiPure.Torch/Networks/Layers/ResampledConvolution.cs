using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>
/// A convolution after up- or downsampling by 2 with a separable low-pass filter. Kernel 0 resamples only. With the filter
/// [1,1] downsampling is the mean of 2x2 pixels and upsampling repeats each pixel.
/// </summary>
public sealed class ResampledConvolution : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    // TorchSharp finds these by their registered names when it converts or moves the layer.
    private readonly Parameter? weight;
    private readonly Parameter? bias;
    private readonly Tensor? _filter;
    private readonly double[] _taps;
    private readonly Resampling _resampling;
    private readonly WeightDistribution _distribution;
    private readonly int _kernel;
    private readonly int _filterPadding;
    private readonly bool _convolvesFirst;
    private readonly bool _isBox;

    /// <summary>A layer with all weights zero.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels; the inputs' number where the kernel is 0.</param>
    /// <param name="kernel">The kernel's width: 0, 1 or 3.</param>
    /// <param name="distribution">How the weights start.</param>
    /// <param name="resampling">What it does to the resolution.</param>
    /// <param name="resampleFilter">The one-dimensional low-pass filter; null for [1,1].</param>
    /// <param name="convolvesFirst">Whether the filter comes after the convolution, as in NCSN++'s progressive input.</param>
    public ResampledConvolution(
        long inputs,
        long outputs,
        int kernel,
        WeightDistribution distribution,
        Resampling resampling = Resampling.None,
        IReadOnlyList<double>? resampleFilter = null,
        bool convolvesFirst = false)
        : base(nameof(ResampledConvolution))
    {
        _kernel = kernel;
        _distribution = distribution;
        _resampling = resampling;
        _convolvesFirst = convolvesFirst;
        _taps = Taps(resampleFilter ?? [1, 1], resampling);
        if (kernel > 0)
        {
            weight = new Parameter(zeros(outputs, inputs, kernel, kernel));
            bias = new Parameter(zeros(outputs));
            register_parameter("weight", weight);
            register_parameter("bias", bias);
        }

        if (resampling != Resampling.None)
        {
            _isBox = resampleFilter is null or [1, 1];
            _filterPadding = (_taps.Length - 1) / 2;
            long channels = convolvesFirst ? outputs : inputs;
            using Tensor row = tensor(_taps.Select(tap => (float)tap).ToArray());
            using Tensor square = row.outer(row);
            _filter = square.repeat(channels, 1, 1, 1).DetachFromDisposeScope();
        }
    }

    /// <summary>The one-dimensional low-pass filter, its sum 1; empty where the layer does not resample.</summary>
    internal IReadOnlyList<double> NormalizedFilter => _resampling == Resampling.None ? [] : [.. _taps.Select(tap => tap / _taps.Sum())];

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Convolve(input, bias);

    /// <summary>Adds a constant per channel to the result, at no cost of its own.</summary>
    /// <param name="input"><c>[N,in,H,W]</c>.</param>
    /// <param name="shift">What to add, <c>[out]</c>.</param>
    public Tensor ConvolveAndShift(Tensor input, Tensor shift)
    {
        using Tensor sum = bias! + shift;
        return Convolve(input, sum);
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input) => Write(graph, input, bias);

    /// <summary>The convolution with a constant per channel as a piece of a graph.</summary>
    public GraphValue WriteShifted(GraphBuilder graph, GraphValue input, Tensor shift)
    {
        using Tensor sum = bias! + shift;
        return Write(graph, input, sum);
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator)
    {
        if (weight is not null)
        {
            long area = _kernel * _kernel;
            _distribution.Draw(weight, bias, weight.shape[1] * area, weight.shape[0] * area, generator);
        }
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }

    private Tensor Convolve(Tensor input, Tensor? constant)
    {
        if (weight is null)
        {
            return Resample(input, _filterPadding);
        }

        long padding = _kernel / 2;
        if (_convolvesFirst)
        {
            // The filter's margin is taken from the convolution's padding, so that both see the same zeros outside.
            using Tensor convolved =
                nn.functional.conv2d(input, weight, null, padding: [padding + _filterPadding, padding + _filterPadding]);
            using Tensor resampled = Resample(convolved, 0, forceFilter: true);
            return resampled + constant!.view(1, -1, 1, 1);
        }

        if (_resampling == Resampling.None)
        {
            return nn.functional.conv2d(input, weight, constant, padding: [padding, padding]);
        }

        using Tensor source = Resample(input, _filterPadding);
        return nn.functional.conv2d(source, weight, constant, padding: [padding, padding]);
    }

    private GraphValue Write(GraphBuilder graph, GraphValue input, Tensor? constant)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (weight is null)
        {
            return Resample(graph, input, _filterPadding);
        }

        GraphValue kernel = graph.Constant(weight);
        long padding = _kernel / 2;
        if (_convolvesFirst)
        {
            GraphValue resampled = Resample(graph, graph.Convolve(input, kernel, padding: padding + _filterPadding), 0);
            return graph.Add(resampled, graph.Constant(constant!, kernel.Shape[0], 1, 1));
        }

        GraphValue source = _resampling == Resampling.None ? input : Resample(graph, input, _filterPadding);
        return graph.Convolve(source, kernel, graph.Constant(constant!), padding: padding);
    }

    private GraphValue Resample(GraphBuilder graph, GraphValue input, long padding) => (_resampling, _isBox) switch
    {
        (Resampling.Down, true) => graph.AveragePool(input, 2),
        (Resampling.Up, true) => graph.Repeat2(input),
        (Resampling.Down, _) => graph.Resample(
            input, ResamplingMatrix.Halving(input.Shape[2], _taps, padding), ResamplingMatrix.Halving(input.Shape[3], _taps, padding)),
        _ => graph.Resample(
            input, ResamplingMatrix.Doubling(input.Shape[2], _taps, padding), ResamplingMatrix.Doubling(input.Shape[3], _taps, padding)),
    };

    // Upsampling spreads each pixel over two, so its taps add up to 2.
    private static double[] Taps(IReadOnlyList<double> filter, Resampling resampling)
    {
        double sum = filter.Sum(), gain = resampling == Resampling.Up ? 2 : 1;
        return [.. filter.Select(tap => gain * tap / sum)];
    }

    private Tensor Resample(Tensor input, long padding, bool forceFilter = false)
    {
        long channels = input.shape[1];
        if (_isBox && !forceFilter)
        {
            return _resampling == Resampling.Down
                ? nn.functional.avg_pool2d(input, 2)
                : nn.functional.interpolate(input, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
        }

        using Tensor taps = _filter!.to(input.dtype, input.device);
        return _resampling == Resampling.Down
            ? nn.functional.conv2d(input, taps, strides: [2, 2], padding: [padding, padding], groups: channels)
            : nn.functional.conv_transpose2d(input, taps, strides: [2, 2], padding: [padding, padding], groups: channels);
    }
}

/// <summary>What a layer does to the resolution.</summary>
public enum Resampling
{
    /// <summary>Keeps it.</summary>
    None,

    /// <summary>Doubles it.</summary>
    Up,

    /// <summary>Halves it.</summary>
    Down,
}
