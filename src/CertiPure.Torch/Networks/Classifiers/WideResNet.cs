using System.Globalization;
using System.Text.Json.Serialization;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The wide residual network with pre-activation (Zagoruyko and Komodakis 2016), WideResNet-28-10 by default, in the
/// parameter names of the PyTorch ports that robustness benchmarks publish.</summary>
public sealed class WideResNet : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    private readonly nn.Module<Tensor, Tensor> conv1;
    private readonly nn.Module<Tensor, Tensor> block1;
    private readonly nn.Module<Tensor, Tensor> block2;
    private readonly nn.Module<Tensor, Tensor> block3;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> fc;

    /// <summary>Makes the network.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">The depth is not 6n + 4.</exception>
    public WideResNet(WideResNetOptions options)
        : base(nameof(WideResNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Depth < 10 || (options.Depth - 4) % 6 != 0)
        {
            throw new ArgumentException($"depth {options.Depth} must be 6n + 4", nameof(options));
        }

        if (options.WidenFactor < 1 || options.ClassCount < 1)
        {
            throw new ArgumentException("widen_factor and num_classes must be at least 1", nameof(options));
        }

        int blocks = (options.Depth - 4) / 6;
        int widen = options.WidenFactor;
        conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
        block1 = new Stage(16, 16 * widen, blocks, 1, options.DropRate);
        block2 = new Stage(16 * widen, 32 * widen, blocks, 2, options.DropRate);
        block3 = new Stage(32 * widen, 64 * widen, blocks, 2, options.DropRate);
        bn1 = nn.BatchNorm2d(64 * widen);
        fc = nn.Linear(64 * widen, options.ClassCount);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<WideResNetOptions>(
        nameof(WideResNet), options => new WideResNet(options)) with
    {
        // Some of the ports keep a copy of the first stage that nothing computes with.
        Import = (checkpoint, _) => new Checkpoint(
            checkpoint, checkpoint.Tensors.Where(tensor => !tensor.Name.StartsWith("sub_block1.", StringComparison.Ordinal))),
    };

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,32,32]</c>, normalised as the network was trained.</param>
    /// <returns><c>[N,classes]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = block3.call(block2.call(block1.call(conv1.call(input))));
        return fc.call(nn.functional.relu(bn1.call(h)).mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>The blocks of one resolution, named <c>layer.N</c>.</summary>
    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue hidden = graph.Write(block3, graph.Write(block2, graph.Write(block1, graph.Write(conv1, input))));
        return graph.Write(fc, graph.MeanOfPixels(graph.Relu(graph.Write(bn1, hidden))));
    }

    private sealed class Stage : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> layer;

        public Stage(int inputs, int outputs, int blocks, int stride, double dropout)
            : base(nameof(Stage))
        {
            layer = nn.Sequential(Enumerable.Range(0, blocks).Select(i => (
                i.ToString(CultureInfo.InvariantCulture),
                (nn.Module<Tensor, Tensor>)new Block(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1, dropout))));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => layer.call(input);

        public GraphValue Write(GraphBuilder graph, GraphValue input) => graph.Write(layer, input);
    }

    /// <summary>Normalise, activate and convolve, twice. Where the shapes differ, the shortcut too starts from the activated
    /// input.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> bn1;
        private readonly nn.Module<Tensor, Tensor> conv1;
        private readonly nn.Module<Tensor, Tensor> bn2;
        private readonly nn.Module<Tensor, Tensor> conv2;
        private readonly nn.Module<Tensor, Tensor>? convShortcut;
        private readonly double _dropout;

        public Block(int inputs, int outputs, int stride, double dropout)
            : base(nameof(Block))
        {
            _dropout = dropout;
            bn1 = nn.BatchNorm2d(inputs);
            conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(outputs);
            conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            convShortcut = inputs == outputs ? null : nn.Conv2d(inputs, outputs, 1, stride, bias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
            using DisposeScope scope = NewDisposeScope();
            Tensor activated = nn.functional.relu(bn1.call(input));
            Tensor h = nn.functional.relu(bn2.call(conv1.call(activated)));
            h = conv2.call(nn.functional.dropout(h, _dropout, training));
            return (h + (convShortcut is null ? input : convShortcut.call(activated))).MoveToOuterDisposeScope();
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue activated = graph.Relu(graph.Write(bn1, input));
            GraphValue hidden = graph.Relu(graph.WriteNormalized(conv1, (TorchSharp.Modules.BatchNorm2d)bn2, activated));
            return graph.Add(graph.Write(conv2, hidden), convShortcut is null ? input : graph.Write(convShortcut, activated));
        }
    }
}

/// <summary>The arguments of <see cref="WideResNet"/>. The defaults are WideResNet-28-10.</summary>
public sealed record WideResNetOptions : INetworkOptions
{
    /// <summary>6n + 4 layers.</summary>
    public int Depth { get; init; } = 28;

    /// <summary>The multiple of 16, 32 and 64 channels.</summary>
    public int WidenFactor { get; init; } = 10;

    /// <summary>The number of classes.</summary>
    [JsonPropertyName("num_classes")]
    public int ClassCount { get; init; } = 10;

    /// <summary>Dropout probability in training.</summary>
    public double DropRate { get; init; }

    double INetworkOptions.LeastWeights =>
        LayerWeights.Blocks((Depth - 4.0) / 6, 64.0 * WidenFactor) + LayerWeights.Dense(64.0 * WidenFactor, ClassCount);
}
