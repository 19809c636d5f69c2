using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The residual block of OpenAI's UNets: normalise, activate and convolve, twice, with the time in between. In
/// the later ones it may also halve or double the resolution.</summary>
internal sealed class OpenAiResidualBlock : nn.Module<Tensor, Tensor, Tensor>, IFreshWeights
{
    private readonly nn.Module<Tensor, Tensor> _inNorm;
    private readonly nn.Module<Tensor, Tensor> _inConvolution;
    private readonly nn.Module<Tensor, Tensor> _embedding;
    private readonly nn.Module<Tensor, Tensor> _outNorm;
    private readonly nn.Module<Tensor, Tensor> _dropout;
    private readonly nn.Module<Tensor, Tensor> _outConvolution;
    private readonly nn.Module<Tensor, Tensor>? _skip;
    private readonly Func<Tensor, Tensor>? _resample;
    private readonly bool _scaleShift;

    /// <summary>Makes a block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="options">The network's options.</param>
    /// <param name="resample">Halves or doubles the resolution of activations without parameters, or null.</param>
    public OpenAiResidualBlock(
        int inputs, int outputs, OpenAiUNetOptions options, Func<Tensor, Tensor>? resample = null)
        : base(nameof(OpenAiResidualBlock))
    {
        _resample = resample;
        _scaleShift = options.ScaleShiftNorm;
        _inNorm = new GroupNormLayer(inputs, 1e-5, groups: 32);
        _inConvolution = nn.Conv2d(inputs, outputs, 3, padding: 1);
        _embedding = nn.Linear(options.EmbeddingChannels, _scaleShift ? 2 * outputs : outputs);
        _outNorm = new GroupNormLayer(outputs, 1e-5, groups: 32);
        _dropout = nn.Dropout(options.Dropout);
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
    /// <param name="embedding"><c>[N,4 * model channels]</c>.</param>
    public override Tensor forward(Tensor x, Tensor embedding)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        Tensor h = nn.functional.silu(_inNorm.call(x));
        if (_resample is not null)
        {
            h = _resample(h);
            x = _resample(x);
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

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => ZeroInitialization.Apply(_outConvolution);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
