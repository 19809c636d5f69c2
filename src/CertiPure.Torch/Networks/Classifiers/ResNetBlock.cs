using System.Globalization;
using CertiPure.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>
/// The residual block of ResNets with projecting shortcuts (He et al. 2016, option B): convolutions <c>conv1</c>,
/// <c>conv2</c>, ... each with its normalisation <c>bn1</c>, <c>bn2</c>, ..., and <c>downsample</c> where the shapes differ.
/// </summary>
internal sealed class ResNetBlock : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly List<(nn.Module<Tensor, Tensor> Convolution, BatchNorm2d Normalisation)> _layers = [];
    private readonly nn.Module<Tensor, Tensor>? _downsample;

    private ResNetBlock(int inputs, int stride, params (int Outputs, int Kernel, int Stride)[] layers)
        : base(nameof(ResNetBlock))
    {
        int channels = inputs;
        foreach ((int outputs, int kernel, int layerStride) in layers)
        {
            nn.Module<Tensor, Tensor> convolution =
                nn.Conv2d(channels, outputs, kernel, layerStride, padding: kernel / 2, bias: false);
            BatchNorm2d normalisation = nn.BatchNorm2d(outputs);
            _layers.Add((convolution, normalisation));
            string number = _layers.Count.ToString(CultureInfo.InvariantCulture);
            register_module("conv" + number, convolution);
            register_module("bn" + number, normalisation);
            channels = outputs;
        }

        if (stride != 1 || channels != inputs)
        {
            _downsample = nn.Sequential(
                ("0", nn.Conv2d(inputs, channels, 1, stride, bias: false)), ("1", nn.BatchNorm2d(channels)));
            register_module("downsample", _downsample);
        }
    }

    /// <summary>Two 3x3 convolutions.</summary>
    public static ResNetBlock Basic(int inputs, int outputs, int stride) =>
        new(inputs, stride, (outputs, 3, stride), (outputs, 3, 1));

    /// <summary>1x1, 3x3 and 1x1 convolutions, of so many channels in between; the stride is at the 3x3 (torchvision's version
    /// 1.5).</summary>
    public static ResNetBlock Bottleneck(int inputs, int width, int outputs, int stride) =>
        new(inputs, stride, (width, 1, 1), (width, 3, stride), (outputs, 1, 1));

    /// <summary>Starts the branch at zero, so that a fresh network passes its input on (Goyal et al. 2017, section 5.1). The
    /// layers' other weights are the network's to draw.</summary>
    public void DrawWeights(Generator generator) => _layers[^1].Normalisation.weight!.zero_();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        Tensor h = input;
        for (int i = 0; i < _layers.Count; i++)
        {
            h = _layers[i].Normalisation.call(_layers[i].Convolution.call(i == 0 ? h : nn.functional.relu(h)));
        }

        return nn.functional.relu(h + (_downsample is null ? input : _downsample.call(input))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        GraphValue hidden = input;
        for (int i = 0; i < _layers.Count; i++)
        {
            hidden = graph.WriteNormalized(_layers[i].Convolution, _layers[i].Normalisation, i == 0 ? hidden : graph.Relu(hidden));
        }

        return graph.Relu(graph.Add(hidden, _downsample is null ? input : graph.Write(_downsample, input)));
    }
}
