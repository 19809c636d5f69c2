using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// ADM (Dhariwal and Nichol 2021) in the form of Karras et al. 2022, whose checkpoints name the parameters as this class
/// does.
/// </summary>
public sealed class DhariwalUNet : DiffusionNetwork, IGraphNetwork
{
    private static readonly WeightDistribution Weights = new(WeightRule.KaimingUniform, Math.Sqrt(1.0 / 3), Math.Sqrt(1.0 / 3));
    private static readonly WeightDistribution LastWeights = new(WeightRule.KaimingUniform, 0);

    private readonly DhariwalUNetOptions _options;
    private readonly LinearLayer? _mapAugment;
    private readonly LinearLayer _mapLayer0;
    private readonly LinearLayer _mapLayer1;
    private readonly LinearLayer? _mapLabel;
    private readonly ResampledConvolution _firstConvolution;
    private readonly List<UNetBlock> _encoder = [];
    private readonly List<UNetBlock> _decoder = [];
    private readonly GroupNormLayer _lastNorm;
    private readonly ResampledConvolution _lastConvolution;

    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <exception cref="ArgumentException">The resolution cannot be halved as often as there are levels.</exception>
    public DhariwalUNet(DhariwalUNetOptions options)
        : base(nameof(DhariwalUNet))
    {
        ArgumentNullException.ThrowIfNull(options);
        int divisor = 1 << Math.Max(0, options.ChannelMult.Count - 1);
        if (options.ChannelMult.Count == 0 || options.Resolution % divisor != 0)
        {
            throw new ArgumentException(
                $"img_resolution {options.Resolution} must be a multiple of {divisor}, and channel_mult must not be empty");
        }

        _options = options;
        Shape = new ImageShape(options.Channels, options.Resolution, options.Resolution);
        long embedding = (long)options.ModelChannels * options.ChannelMultEmb;
        if (options.AugmentLabelCount > 0)
        {
            _mapAugment = Register(
                "map_augment", new LinearLayer(options.AugmentLabelCount, options.ModelChannels, LastWeights, hasBias: false));
        }

        _mapLayer0 = Register("map_layer0", new LinearLayer(options.ModelChannels, embedding, Weights));
        _mapLayer1 = Register("map_layer1", new LinearLayer(embedding, embedding, Weights));
        if (options.LabelCount > 0)
        {
            var unitVariance = new WeightDistribution(WeightRule.KaimingNormal, Math.Sqrt(options.LabelCount));
            _mapLabel = Register("map_label", new LinearLayer(options.LabelCount, embedding, unitVariance, hasBias: false));
        }

        var block = new UNetBlockOptions
        {
            EmbeddingChannels = embedding,
            Dropout = options.Dropout,
            Weights = Weights,
            LastWeights = LastWeights,
            AttentionWeights = Weights,
        };
        long channels = (long)options.ModelChannels * options.ChannelMult[0];
        NamedLayers encoder = Register("enc", new NamedLayers());
        _firstConvolution = encoder.Add(
            $"{Side(0)}_conv", new ResampledConvolution(options.Channels, channels, 3, Weights));
        Stack<long> skips = BuildEncoder(encoder, block, channels);
        channels = BuildDecoder(Register("dec", new NamedLayers()), block, skips);
        _lastNorm = Register("out_norm", new GroupNormLayer(channels, block.Epsilon));
        _lastConvolution = Register("out_conv", new ResampledConvolution(channels, options.Channels, 3, LastWeights));
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<DhariwalUNetOptions>(
        nameof(DhariwalUNet), options => new DhariwalUNet(options));

    /// <inheritdoc/>
    public override ImageShape Shape { get; }

    /// <inheritdoc/>
    public override int LabelCount => _options.LabelCount;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Embed(noise, classLabels, augmentLabels, images.dtype);
        Tensor hidden = _firstConvolution.forward(images);
        var skips = new Stack<Tensor>([hidden]);
        foreach (UNetBlock block in _encoder)
        {
            hidden = block.forward(hidden, embedding);
            skips.Push(hidden);
        }

        foreach (UNetBlock block in _decoder)
        {
            if (hidden.shape[1] != block.Inputs)
            {
                using Tensor joined = cat([hidden, skips.Pop()], 1);
                hidden = block.forward(joined, embedding);
            }
            else
            {
                hidden = block.forward(hidden, embedding);
            }
        }

        return _lastConvolution.forward(nn.functional.silu(_lastNorm.forward(hidden))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Embed(noise, null, null, ScalarType.Float32);
        GraphValue hidden = _firstConvolution.Write(graph, images);
        var skips = new Stack<GraphValue>([hidden]);
        foreach (UNetBlock block in _encoder)
        {
            hidden = block.Write(graph, hidden, embedding);
            skips.Push(hidden);
        }

        foreach (UNetBlock block in _decoder)
        {
            hidden = block.Write(
                graph, hidden.Shape[1] == block.Inputs ? hidden : graph.Concat(1, hidden, skips.Pop()), embedding);
        }

        return _lastConvolution.Write(graph, graph.Silu(_lastNorm.Write(graph, hidden)));
    }

    private Stack<long> BuildEncoder(NamedLayers layers, UNetBlockOptions block, long channels)
    {
        var skips = new Stack<long>([channels]);
        for (int level = 0; level < _options.ChannelMult.Count; level++)
        {
            if (level > 0)
            {
                _encoder.Add(layers.Add($"{Side(level)}_down", new UNetBlock(channels, channels, block, Resampling.Down)));
                skips.Push(channels);
            }

            for (int i = 0; i < _options.NumBlocks; i++)
            {
                long outputs = Channels(level);
                _encoder.Add(layers.Add(
                    $"{Side(level)}_block{i}", new UNetBlock(channels, outputs, block, attention: HasAttention(level))));
                channels = outputs;
                skips.Push(channels);
            }
        }

        return skips;
    }

    private long BuildDecoder(NamedLayers layers, UNetBlockOptions block, Stack<long> skips)
    {
        long channels = skips.Peek();
        int coarsest = _options.ChannelMult.Count - 1;
        for (int level = coarsest; level >= 0; level--)
        {
            if (level == coarsest)
            {
                _decoder.Add(layers.Add($"{Side(level)}_in0", new UNetBlock(channels, channels, block, attention: true)));
                _decoder.Add(layers.Add($"{Side(level)}_in1", new UNetBlock(channels, channels, block)));
            }
            else
            {
                _decoder.Add(layers.Add($"{Side(level)}_up", new UNetBlock(channels, channels, block, Resampling.Up)));
            }

            for (int i = 0; i <= _options.NumBlocks; i++)
            {
                long outputs = Channels(level);
                _decoder.Add(layers.Add(
                    $"{Side(level)}_block{i}",
                    new UNetBlock(channels + skips.Pop(), outputs, block, attention: HasAttention(level))));
                channels = outputs;
            }
        }

        return channels;
    }

    private Tensor Embed(Tensor noise, Tensor? classLabels, Tensor? augmentLabels, ScalarType type)
    {
        Tensor embedding = SinusoidalEmbedding.Embed(noise.to(ScalarType.Float32), _options.ModelChannels).to(type);
        if (_mapAugment is not null && augmentLabels is not null)
        {
            embedding += _mapAugment.forward(augmentLabels.to(type));
        }

        embedding = _mapLayer1.forward(nn.functional.silu(_mapLayer0.forward(embedding)));
        if (_mapLabel is not null && classLabels is not null)
        {
            embedding += _mapLabel.forward(classLabels.to(type));
        }

        return nn.functional.silu(embedding);
    }

    private long Channels(int level) => (long)_options.ModelChannels * _options.ChannelMult[level];

    private bool HasAttention(int level) => _options.AttnResolutions.Contains(_options.Resolution >> level);

    private string Side(int level) => $"{_options.Resolution >> level}x{_options.Resolution >> level}";

    private TModule Register<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}
