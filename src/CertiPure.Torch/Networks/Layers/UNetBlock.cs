using CertiPure.Onnx.Graph;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>
/// The residual block of DDPM++, NCSN++ and ADM, with optional resampling and self-attention (Song et al. 2021; Dhariwal and
/// Nichol 2021; the union of both as in Karras et al. 2022, appendix F.2).
/// </summary>
public sealed class UNetBlock : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly GroupNormLayer _norm0;
    private readonly ResampledConvolution _conv0;
    private readonly LinearLayer _affine;
    private readonly GroupNormLayer _norm1;
    private readonly ResampledConvolution _conv1;
    private readonly ResampledConvolution? _skip;
    private readonly GroupNormLayer? _norm2;
    private readonly ResampledConvolution? _qkv;
    private readonly ResampledConvolution? _proj;
    private readonly UNetBlockOptions _options;
    private readonly long _heads;

    /// <summary>A block with weights to be drawn or loaded.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="options">What all blocks of the network share.</param>
    /// <param name="resampling">What it does to the resolution.</param>
    /// <param name="attention">Whether self-attention follows.</param>
    /// <exception cref="ArgumentException">The channels cannot be divided into groups or attention heads.</exception>
    public UNetBlock(
        long inputs, long outputs, UNetBlockOptions options, Resampling resampling = Resampling.None, bool attention = false)
        : base(nameof(UNetBlock))
    {
        _options = options;
        Inputs = inputs;
        Outputs = outputs;
        IReadOnlyList<double>? filter = options.ResampleFilter;
        _norm0 = Register("norm0", new GroupNormLayer(inputs, options.Epsilon));
        _conv0 = Register("conv0", new ResampledConvolution(inputs, outputs, 3, options.Weights, resampling, filter));
        _affine = Register(
            "affine",
            new LinearLayer(options.EmbeddingChannels, outputs * (options.AdaptiveScale ? 2 : 1), options.Weights));
        _norm1 = Register("norm1", new GroupNormLayer(outputs, options.Epsilon));
        _conv1 = Register("conv1", new ResampledConvolution(outputs, outputs, 3, options.LastWeights));
        if (outputs != inputs || resampling != Resampling.None)
        {
            int kernel = options.ProjectsResampledSkip || outputs != inputs ? 1 : 0;
            _skip = Register("skip", new ResampledConvolution(inputs, outputs, kernel, options.Weights, resampling, filter));
        }

        if (attention)
        {
            _heads = options.Heads ?? outputs / 64;
            if (_heads < 1 || outputs % _heads != 0)
            {
                throw new ArgumentException(
                    $"a layer with attention has {outputs} channels, which {_heads} heads do not divide; change the network's channels");
            }

            _norm2 = Register("norm2", new GroupNormLayer(outputs, options.Epsilon));
            _qkv = Register("qkv", new ResampledConvolution(outputs, outputs * 3, 1, options.AttentionWeights));
            _proj = Register("proj", new ResampledConvolution(outputs, outputs, 1, options.LastWeights));
        }
    }

    /// <summary>Input channels.</summary>
    public long Inputs { get; }

    /// <summary>Output channels.</summary>
    public long Outputs { get; }

    /// <summary>Computes the block.</summary>
    /// <param name="input"><c>[N,Inputs,H,W]</c>.</param>
    /// <param name="embedding">The embedded noise level, <c>[N,E]</c> or <c>[1,E]</c>.</param>
    /// <returns><c>[N,Outputs,H',W']</c>.</returns>
    public override Tensor forward(Tensor input, Tensor embedding)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        bool inPlace = !is_grad_enabled();
        Tensor hidden = nn.functional.silu(_norm0.forward(input), inPlace);
        Tensor level = _affine.forward(embedding);
        hidden = level.shape[0] == 1 ? ConvolveAtOneLevel(hidden, level) : ConvolveAtOwnLevels(hidden, level);
        hidden = nn.functional.silu(hidden, inPlace);
        if (training && _options.Dropout > 0)
        {
            hidden = nn.functional.dropout(hidden, _options.Dropout, training: true);
        }

        Tensor skip = _skip is null ? input : _skip.forward(input);
        hidden = ScaledSum(_conv1.forward(hidden), skip, inPlace);
        if (_qkv is not null)
        {
            Tensor attended = _proj!.forward(Attend(_qkv.forward(_norm2!.forward(hidden))));
            hidden = ScaledSum(attended, hidden, inPlace);
        }

        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>The block as a piece of a graph, at one noise level.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input"><c>[N,Inputs,H,W]</c>.</param>
    /// <param name="embedding">The embedded noise level, <c>[1,E]</c>.</param>
    /// <returns><c>[N,Outputs,H',W']</c>.</returns>
    public GraphValue Write(GraphBuilder graph, GraphValue input, Tensor embedding)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor level = _affine.forward(embedding)[0];
        GraphValue hidden = graph.Silu(_norm0.Write(graph, input));
        if (_options.AdaptiveScale)
        {
            Tensor[] scaleAndShift = level.chunk(2);
            hidden = _norm1.WriteScaledAndShifted(graph, _conv0.Write(graph, hidden), scaleAndShift[0] + 1, scaleAndShift[1]);
        }
        else
        {
            hidden = _norm1.Write(graph, _conv0.WriteShifted(graph, hidden, level));
        }

        GraphValue skip = _skip is null ? input : _skip.Write(graph, input);
        hidden = graph.Multiply(graph.Add(_conv1.Write(graph, graph.Silu(hidden)), skip), _options.SkipScale);
        if (_qkv is not null)
        {
            GraphValue attended = _proj!.Write(graph, Attend(graph, _qkv.Write(graph, _norm2!.Write(graph, hidden))));
            hidden = graph.Multiply(graph.Add(attended, hidden), _options.SkipScale);
        }

        return hidden;
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }

    // Where all images have one level it is a constant of each channel, and costs no pass over the activations.
    private Tensor ConvolveAtOneLevel(Tensor hidden, Tensor level)
    {
        if (!_options.AdaptiveScale)
        {
            return _norm1.forward(_conv0.ConvolveAndShift(hidden, level[0]));
        }

        Tensor[] scaleAndShift = level[0].chunk(2);
        return _norm1.NormalizeScaleAndShift(_conv0.forward(hidden), scaleAndShift[0] + 1, scaleAndShift[1]);
    }

    private Tensor ConvolveAtOwnLevels(Tensor hidden, Tensor level)
    {
        hidden = _conv0.forward(hidden);
        Tensor perPixel = level.unsqueeze(2).unsqueeze(3);
        if (!_options.AdaptiveScale)
        {
            return _norm1.forward(hidden + perPixel);
        }

        Tensor[] scaleAndShift = perPixel.chunk(2, 1);
        return addcmul(scaleAndShift[1], _norm1.forward(hidden), scaleAndShift[0] + 1, 1);
    }

    private Tensor ScaledSum(Tensor branch, Tensor skip, bool inPlace)
    {
        if (inPlace)
        {
            branch.add_(skip);
            return _options.SkipScale == 1 ? branch : branch.mul_(_options.SkipScale);
        }

        Tensor sum = branch + skip;
        return _options.SkipScale == 1 ? sum : sum * _options.SkipScale;
    }

    // EDM's order of the joint channels is (head, channel, qkv).
    private Tensor Attend(Tensor joint)
    {
        long batch = joint.shape[0], height = joint.shape[2], width = joint.shape[3], channels = Outputs / _heads;
        if (joint.dtype == ScalarType.BFloat16)
        {
            // libtorch's fused attention is half as fast in bfloat16 as the matrix products themselves (measured on AVX-512).
            Tensor[] matrices = joint.reshape(batch * _heads, channels, 3, height * width)
                .permute(2, 0, 1, 3).contiguous().unbind(0);
            Tensor weights = (matrices[0].transpose(1, 2).bmm(matrices[1]) * (1 / Math.Sqrt(channels))).softmax(2);
            return matrices[2].bmm(weights.transpose(1, 2)).view(batch, Outputs, height, width);
        }

        Tensor[] parts = joint.reshape(batch, _heads, channels, 3, height * width)
            .permute(3, 0, 1, 4, 2).contiguous().unbind(0);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        return attended.transpose(2, 3).reshape(batch, Outputs, height, width);
    }

    private GraphValue Attend(GraphBuilder graph, GraphValue joint)
    {
        (long height, long width) = (joint.Shape[2], joint.Shape[3]);
        GraphValue parts = graph.Reshape(joint, _heads, Outputs / _heads, 3, height * width);
        GraphValue attended = graph.Attend(graph.Select(parts, 3, 0), graph.Select(parts, 3, 1), graph.Select(parts, 3, 2));
        return graph.Reshape(attended, Outputs, height, width);
    }

    private TModule Register<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}

/// <summary>What the residual blocks of one UNet have in common.</summary>
public sealed record UNetBlockOptions
{
    /// <summary>Channels of the embedded noise level.</summary>
    public required long EmbeddingChannels { get; init; }

    /// <summary>Dropout probability before the second convolution, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>The factor after each sum of a branch with its skip.</summary>
    public double SkipScale { get; init; } = 1;

    /// <summary>The normalisations' epsilon.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>Attention heads; null for one per 64 channels.</summary>
    public int? Heads { get; init; }

    /// <summary>The low-pass filter of up- and downsampling; null for [1,1].</summary>
    public IReadOnlyList<double>? ResampleFilter { get; init; }

    /// <summary>Whether a resampling skip has a 1x1 convolution even where the number of channels stays.</summary>
    public bool ProjectsResampledSkip { get; init; }

    /// <summary>Whether the embedding scales and shifts the normalised values (ADM) or is added before it (DDPM++, NCSN++).</summary>
    public bool AdaptiveScale { get; init; } = true;

    /// <summary>How weights start.</summary>
    public WeightDistribution Weights { get; init; }

    /// <summary>How the weights of a branch's last layer start: at or near zero.</summary>
    public WeightDistribution LastWeights { get; init; }

    /// <summary>How the weights of the queries, keys and values start.</summary>
    public WeightDistribution AttentionWeights { get; init; }
}
