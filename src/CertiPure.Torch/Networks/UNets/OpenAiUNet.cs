using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// The skeleton that OpenAI's diffusion UNets share: blocks down to the coarsest resolution, a middle, and blocks up
/// again that each take one of the activations from the way down. Parameter names are those of the published code.
/// </summary>
public abstract class OpenAiUNet : DiffusionNetwork, IFreshWeights, IGraphNetwork
{
    private readonly OpenAiUNetOptions _options;
    private readonly IReadOnlyList<int> _multipliers;
    private readonly bool _headsFirst;
    private readonly nn.Module<Tensor, Tensor> _timeEmbedding;
    private readonly TorchSharp.Modules.Embedding? _labelEmbedding;
    private readonly List<Stage> _inputBlocks = [];
    private readonly Stage _middleBlock;
    private readonly List<Stage> _outputBlocks = [];
    private readonly nn.Module<Tensor, Tensor> _outputConvolution;
    private readonly nn.Module<Tensor, Tensor> _output;

    /// <summary>Makes the network.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="options">Its shape.</param>
    /// <param name="headsFirst">The order of attention's joint channels, see <see cref="OpenAiAttention"/>.</param>
    private protected OpenAiUNet(string name, OpenAiUNetOptions options, bool headsFirst)
        : base(name)
    {
        _options = options;
        _multipliers = options.EffectiveMultipliers();
        Shape = new ImageShape(3, options.ImageSize, options.ImageSize);
        _headsFirst = headsFirst;
        int embedding = options.EmbeddingChannels;
        _timeEmbedding = nn.Sequential(
            ("0", nn.Linear(options.ModelChannels, embedding)), ("1", nn.SiLU()), ("2", nn.Linear(embedding, embedding)));
        register_module("time_embed", _timeEmbedding);
        if (options.Classes > 0)
        {
            _labelEmbedding = nn.Embedding(options.Classes, embedding);
            register_module("label_emb", _labelEmbedding);
        }

        Stack<int> skipChannels = BuildDown(out int channels, out int side);
        _middleBlock = new Stage(
            new OpenAiResidualBlock(channels, channels, options),
            Attention(channels),
            new OpenAiResidualBlock(channels, channels, options));
        channels = BuildUp(channels, side, skipChannels);
        _outputConvolution = ZeroInitialization.Apply(nn.Conv2d(channels, options.OutputChannels, 3, padding: 1));
        _output = nn.Sequential(
            ("0", new GroupNormLayer(channels, 1e-5, groups: 32)), ("1", nn.SiLU()), ("2", _outputConvolution));

        register_module("input_blocks", nn.ModuleList(_inputBlocks.ToArray()));
        register_module("middle_block", _middleBlock);
        register_module("output_blocks", nn.ModuleList(_outputBlocks.ToArray()));
        register_module("out", _output);
    }

    /// <inheritdoc/>
    public override ImageShape Shape { get; }

    /// <inheritdoc/>
    public override int LabelCount => _options.Classes;

    /// <inheritdoc/>
    public void DrawWeights(Generator generator)
    {
        StandardWeights.Draw(this, generator, StandardWeights.PyTorch);
        ZeroInitialization.Apply(_outputConvolution);
    }

    /// <summary>Applies the network.</summary>
    /// <param name="x"><c>[N,3,S,S]</c>, scaled as the parameterisation asks.</param>
    /// <param name="times"><c>[N]</c> or <c>[1]</c>, the time input as the network was trained with it.</param>
    /// <param name="labels">One-hot classes, <c>[N,classes]</c>, where the network is class-conditional.</param>
    /// <returns><c>[N,output channels,S,S]</c>.</returns>
    /// <exception cref="ArgumentException">Labels are missing or not expected.</exception>
    private protected Tensor Apply(Tensor x, Tensor times, Tensor? labels)
    {
        if (labels is null != _labelEmbedding is null)
        {
            throw new ArgumentException(
                _labelEmbedding is null ? "The network is not class-conditional." : "The network is class-conditional.",
                nameof(labels));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = _timeEmbedding.call(SinusoidalEmbedding.Embed(times, _options.ModelChannels).to(x.dtype));
        if (_labelEmbedding is not null)
        {
            embedding += matmul(labels!.to(x.dtype), _labelEmbedding.weight!);
        }

        var skips = new Stack<Tensor>();
        foreach (Stage block in _inputBlocks)
        {
            x = block.call(x, embedding);
            skips.Push(x);
        }

        x = _middleBlock.call(x, embedding);
        foreach (Stage block in _outputBlocks)
        {
            x = block.call(cat([x, skips.Pop()], 1), embedding);
        }

        return _output.call(x).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public abstract GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise);

    private protected GraphValue WriteAt(GraphBuilder graph, GraphValue x, Tensor times)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = _timeEmbedding.call(SinusoidalEmbedding.Embed(times, _options.ModelChannels));
        var skips = new Stack<GraphValue>();
        foreach (Stage block in _inputBlocks)
        {
            x = block.Write(graph, x, embedding);
            skips.Push(x);
        }

        x = _middleBlock.Write(graph, x, embedding);
        foreach (Stage block in _outputBlocks)
        {
            x = block.Write(graph, graph.Concat(1, x, skips.Pop()), embedding);
        }

        return graph.Write(_output, x);
    }

    private Stack<int> BuildDown(out int channels, out int side)
    {
        side = _options.ImageSize;
        channels = _headsFirst ? _options.ModelChannels : _options.ModelChannels * _multipliers[0];
        var skipChannels = new Stack<int>([channels]);
        _inputBlocks.Add(new Stage(nn.Conv2d(3, channels, 3, padding: 1)));
        for (int level = 0; level < _multipliers.Count; level++)
        {
            int outputs = _options.ModelChannels * _multipliers[level];
            for (int i = 0; i < _options.ResidualBlocks; i++)
            {
                _inputBlocks.Add(Block(channels, outputs, side));
                channels = outputs;
                skipChannels.Push(channels);
            }

            if (level < _multipliers.Count - 1)
            {
                _inputBlocks.Add(new Stage(_options.ResidualUpDown
                    ? new OpenAiResidualBlock(channels, channels, _options, Resampling.Down)
                    : new Downsampling(channels)));
                skipChannels.Push(channels);
                side /= 2;
            }
        }

        return skipChannels;
    }

    private int BuildUp(int channels, int side, Stack<int> skipChannels)
    {
        for (int level = _multipliers.Count - 1; level >= 0; level--)
        {
            int outputs = _options.ModelChannels * _multipliers[level];
            for (int i = 0; i <= _options.ResidualBlocks; i++)
            {
                Stage block = Block(channels + skipChannels.Pop(), outputs, side);
                channels = outputs;
                if (level > 0 && i == _options.ResidualBlocks)
                {
                    block.Append(_options.ResidualUpDown
                        ? new OpenAiResidualBlock(channels, channels, _options, Resampling.Up)
                        : new Upsampling(channels));
                    side *= 2;
                }

                _outputBlocks.Add(block);
            }
        }

        return channels;
    }

    private Stage Block(int inputs, int outputs, int side)
    {
        var block = new Stage(new OpenAiResidualBlock(inputs, outputs, _options));
        if (_options.AttentionResolutions.Contains(side))
        {
            block.Append(Attention(outputs));
        }

        return block;
    }

    private OpenAiAttention Attention(int channels) =>
        new(channels, _options.HeadChannels is int perHead ? channels / perHead : _options.Heads, _headsFirst);

    internal static Tensor Halve(Tensor x) => nn.functional.avg_pool2d(x, 2, 2);

    internal static Tensor Double(Tensor x) =>
        nn.functional.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Nearest);

    /// <summary>Layers in a row, of which the residual blocks take the time as well.</summary>
    private sealed class Stage : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly List<nn.Module> _layers = [];

        public Stage(params nn.Module[] layers)
            : base(nameof(Stage))
        {
            foreach (nn.Module layer in layers)
            {
                Append(layer);
            }
        }

        public void Append(nn.Module layer)
        {
            register_module(_layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), layer);
            _layers.Add(layer);
        }

        public override Tensor forward(Tensor x, Tensor embedding)
        {
            foreach (nn.Module layer in _layers)
            {
                x = layer is OpenAiResidualBlock block
                    ? block.call(x, embedding)
                    : ((nn.Module<Tensor, Tensor>)layer).call(x);
            }

            return x;
        }

        public GraphValue Write(GraphBuilder graph, GraphValue x, Tensor embedding)
        {
            foreach (nn.Module layer in _layers)
            {
                x = layer is OpenAiResidualBlock block
                    ? block.Write(graph, x, embedding)
                    : graph.Write((nn.Module<Tensor, Tensor>)layer, x);
            }

            return x;
        }
    }

    /// <summary>Halves the resolution by a strided convolution.</summary>
    private sealed class Downsampling : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> op;

        public Downsampling(int channels)
            : base(nameof(Downsampling))
        {
            op = nn.Conv2d(channels, channels, 3, stride: 2, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => op.call(input);

        public GraphValue Write(GraphBuilder graph, GraphValue input) => graph.Write(op, input);
    }

    /// <summary>Doubles the resolution by repetition, then convolves.</summary>
    private sealed class Upsampling : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> conv;

        public Upsampling(int channels)
            : base(nameof(Upsampling))
        {
            conv = nn.Conv2d(channels, channels, 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => conv.call(Double(input));

        public GraphValue Write(GraphBuilder graph, GraphValue input) => graph.Write(conv, graph.Repeat2(input));
    }
}
