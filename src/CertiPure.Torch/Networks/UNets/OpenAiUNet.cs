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
    private readonly UNetPlan _plan;
    private readonly nn.Module<Tensor, Tensor> _timeEmbedding;
    private readonly TorchSharp.Modules.Embedding? _labelEmbedding;
    private readonly List<Stage> _inputBlocks = [];
    private readonly Stage _middleBlock;
    private readonly List<Stage> _outputBlocks = [];
    private readonly nn.Module<Tensor, Tensor> _outputConvolution;
    private readonly nn.Module<Tensor, Tensor> _output;

    /// <summary>Makes the network.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="plan">Its shape.</param>
    private protected OpenAiUNet(string name, UNetPlan plan)
        : base(name)
    {
        _plan = plan;
        int embedding = plan.EmbeddingChannels;
        _timeEmbedding = nn.Sequential(
            ("0", nn.Linear(plan.TimeChannels, embedding)), ("1", nn.SiLU()), ("2", nn.Linear(embedding, embedding)));
        register_module("time_embed", _timeEmbedding);
        if (plan.Classes > 0)
        {
            _labelEmbedding = nn.Embedding(plan.Classes, embedding);
            register_module("label_emb", _labelEmbedding);
        }

        Stack<int> skipChannels = BuildDown(out int channels);
        _middleBlock = new Stage(new OpenAiResidualBlock(channels, channels, plan));
        if (plan.MiddleAttention)
        {
            _middleBlock.Append(new OpenAiAttention(channels, plan, plan.MiddleAttentionGroups ?? plan.Groups));
        }

        _middleBlock.Append(new OpenAiResidualBlock(channels, channels, plan));
        channels = BuildUp(channels, skipChannels);
        _outputConvolution = ZeroInitialization.Apply(nn.Conv2d(channels, plan.OutputChannels, 3, padding: 1));
        _output = nn.Sequential(
            ("0", new GroupNormLayer(channels, plan.Epsilon, plan.Groups)), ("1", nn.SiLU()), ("2", _outputConvolution));

        register_module("input_blocks", nn.ModuleList(_inputBlocks.ToArray()));
        register_module("middle_block", _middleBlock);
        register_module("output_blocks", nn.ModuleList(_outputBlocks.ToArray()));
        register_module("out", _output);
    }

    /// <summary>What it is built of.</summary>
    internal UNetPlan Plan => _plan;

    /// <inheritdoc/>
    public override ImageShape Shape => _plan.Shape;

    /// <inheritdoc/>
    public override int LabelCount => _plan.Classes;

    /// <inheritdoc/>
    public void DrawWeights(Generator generator)
    {
        StandardWeights.Draw(this, generator, StandardWeights.PyTorch);
        ZeroInitialization.Apply(_outputConvolution);
    }

    /// <summary>Applies the network.</summary>
    /// <param name="x"><c>[N,C,S,S]</c>, scaled as the parameterisation asks.</param>
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
        Tensor embedding = _timeEmbedding.call(Embed(times).to(x.dtype));
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
        Tensor embedding = _timeEmbedding.call(Embed(times));
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

    private Tensor Embed(Tensor times) =>
        SinusoidalEmbedding.Embed(times, _plan.TimeChannels, _plan.FrequencyShift, _plan.SinesFirst);

    private Stack<int> BuildDown(out int channels)
    {
        channels = _plan.FirstChannels;
        var skipChannels = new Stack<int>([channels]);
        _inputBlocks.Add(new Stage(nn.Conv2d(Shape.Channels, channels, 3, padding: 1)));
        for (int i = 0; i < _plan.Levels.Count; i++)
        {
            UNetLevel level = _plan.Levels[i];
            for (int block = 0; block < _plan.ResidualBlocks; block++)
            {
                _inputBlocks.Add(Block(channels, level.Channels, level.AttentionDown));
                channels = level.Channels;
                skipChannels.Push(channels);
            }

            if (i < _plan.Levels.Count - 1)
            {
                _inputBlocks.Add(new Stage(level.ResidualDown
                    ? new OpenAiResidualBlock(channels, channels, _plan, Resampling.Down)
                    : new Downsampling(channels, _plan.PadsAllSides)));
                skipChannels.Push(channels);
            }
        }

        return skipChannels;
    }

    private int BuildUp(int channels, Stack<int> skipChannels)
    {
        for (int i = _plan.Levels.Count - 1; i >= 0; i--)
        {
            UNetLevel level = _plan.Levels[i];
            for (int block = 0; block <= _plan.ResidualBlocks; block++)
            {
                Stage stage = Block(channels + skipChannels.Pop(), level.Channels, level.AttentionUp);
                channels = level.Channels;
                if (i > 0 && block == _plan.ResidualBlocks)
                {
                    stage.Append(level.ResidualUp
                        ? new OpenAiResidualBlock(channels, channels, _plan, Resampling.Up)
                        : new Upsampling(channels));
                }

                _outputBlocks.Add(stage);
            }
        }

        return channels;
    }

    private Stage Block(int inputs, int outputs, bool hasAttention)
    {
        var block = new Stage(new OpenAiResidualBlock(inputs, outputs, _plan));
        if (hasAttention)
        {
            block.Append(new OpenAiAttention(outputs, _plan, _plan.Groups));
        }

        return block;
    }

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
        private readonly bool _padsAllSides;

        public Downsampling(int channels, bool padsAllSides)
            : base(nameof(Downsampling))
        {
            _padsAllSides = padsAllSides;
            op = nn.Conv2d(channels, channels, 3, stride: 2, padding: padsAllSides ? 1 : 0);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            if (_padsAllSides)
            {
                return op.call(input);
            }

            using Tensor padded = nn.functional.pad(input, [0, 1, 0, 1]);
            return op.call(padded);
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input) =>
            graph.Write(op, _padsAllSides ? input : graph.Pad(graph.Pad(input, 2, 0, 1), 3, 0, 1));
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
