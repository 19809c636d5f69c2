using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The residual block of OpenAI's UNets: normalise, activate and convolve, twice, with the time in between. In
/// the later ones it may also halve or double the resolution.</summary>
internal sealed class OpenAiResidualBlock : nn.Module<Tensor, Tensor, Tensor>, IFreshWeights
{
    private readonly GroupNormLayer _inNorm;
    private readonly nn.Module<Tensor, Tensor> _inConvolution;
    private readonly nn.Module<Tensor, Tensor> _embedding;
    private readonly GroupNormLayer _outNorm;
    private readonly nn.Module<Tensor, Tensor> _dropout;
    private readonly nn.Module<Tensor, Tensor> _outConvolution;
    private readonly nn.Module<Tensor, Tensor>? _skip;
    private readonly Resampling _resampling;
    private readonly bool _scaleShift;

    /// <summary>Makes a block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="plan">The network's shape.</param>
    /// <param name="resampling">What it does to the resolution.</param>
    public OpenAiResidualBlock(int inputs, int outputs, UNetPlan plan, Resampling resampling = Resampling.None)
        : base(nameof(OpenAiResidualBlock))
    {
        _resampling = resampling;
        _scaleShift = plan.ScaleShift;
        _inNorm = new GroupNormLayer(inputs, plan.Epsilon, plan.Groups);
        _inConvolution = nn.Conv2d(inputs, outputs, 3, padding: 1);
        _embedding = nn.Linear(plan.EmbeddingChannels, _scaleShift ? 2 * outputs : outputs);
        _outNorm = new GroupNormLayer(outputs, plan.Epsilon, plan.Groups);
        _dropout = nn.Dropout(plan.Dropout);
        _outConvolution = ZeroInitialization.Apply(nn.Conv2d(outputs, outputs, 3, padding: 1));
        register_module("in_layers", nn.Sequential(("0", _inNorm), ("2", _inConvolution)));
        register_module("emb_layers", nn.Sequential(("1", _embedding)));
        register_module("out_layers", nn.Sequential(("0", _outNorm), ("2", _dropout), ("3", _outConvolution)));
        if (inputs != outputs)
        {
            _skip = nn.Conv2d(inputs, outputs, 1);
            register_module("skip_connection", _skip);
        }
    }

    /// <summary>Applies the block.</summary>
    /// <param name="x"><c>[N,inputs,H,W]</c>.</param>
    /// <param name="embedding"><c>[N,embedding channels]</c>.</param>
    public override Tensor forward(Tensor x, Tensor embedding)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        Tensor h = nn.functional.silu(_inNorm.call(x));
        if (_resampling != Resampling.None)
        {
            h = Resample(h);
            x = Resample(x);
        }

        h = _inConvolution.call(h);
        Tensor time = _embedding.call(nn.functional.silu(embedding)).unsqueeze(-1).unsqueeze(-1);
        if (_scaleShift)
        {
            Tensor[] scaleAndShift = time.chunk(2, 1);
            h = _outNorm.call(h) * (1 + scaleAndShift[0]) + scaleAndShift[1];
        }
        else
        {
            h = _outNorm.call(h + time);
        }

        h = _outConvolution.call(_dropout.call(nn.functional.silu(h)));
        return ((_skip is null ? x : _skip.call(x)) + h).MoveToOuterDisposeScope();
    }

    /// <summary>The block as a piece of a graph, at one noise level.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input"><c>[N,inputs,H,W]</c>.</param>
    /// <param name="embedding">The embedded noise level, <c>[1,E]</c>.</param>
    public GraphValue Write(GraphBuilder graph, GraphValue input, Tensor embedding)
    {
        using DisposeScope scope = NewDisposeScope();
        GraphValue hidden = graph.Silu(_inNorm.Write(graph, input));
        if (_resampling != Resampling.None)
        {
            hidden = Resample(graph, hidden);
            input = Resample(graph, input);
        }

        hidden = graph.Write(_inConvolution, hidden);
        Tensor time = _embedding.call(nn.functional.silu(embedding))[0];
        if (_scaleShift)
        {
            Tensor[] scaleAndShift = time.chunk(2);
            hidden = _outNorm.WriteScaledAndShifted(graph, hidden, scaleAndShift[0] + 1, scaleAndShift[1]);
        }
        else
        {
            hidden = _outNorm.Write(graph, graph.Add(hidden, graph.Constant(time, time.shape[0], 1, 1)));
        }

        hidden = graph.Write(_outConvolution, graph.Silu(hidden));
        return graph.Add(_skip is null ? input : graph.Write(_skip, input), hidden);
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => ZeroInitialization.Apply(_outConvolution);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }

    private Tensor Resample(Tensor x) => _resampling == Resampling.Down ? OpenAiUNet.Halve(x) : OpenAiUNet.Double(x);

    private GraphValue Resample(GraphBuilder graph, GraphValue x) =>
        _resampling == Resampling.Down ? graph.AveragePool(x, 2) : graph.Repeat2(x);
}
