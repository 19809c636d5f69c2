using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// DDPM++ and NCSN++ (Song et al. 2021, "Score-Based Generative Modeling through Stochastic Differential Equations") in the
/// form of Karras et al. 2022, whose checkpoints name the parameters as this class does.
/// </summary>
public sealed class SongUNet : DiffusionNetwork, IGraphNetwork
{
    private static readonly WeightDistribution Weights = new(WeightRule.XavierUniform);
    private static readonly WeightDistribution LastWeights = new(WeightRule.XavierUniform, 1e-5);
    private static readonly WeightDistribution AttentionWeights = new(WeightRule.XavierUniform, Math.Sqrt(0.2));

    private const int MaxFilterTaps = 16;

    private readonly SongUNetOptions _options;
    private readonly int _noiseChannels;
    private readonly FourierEmbedding? _mapNoise;
    private readonly LinearLayer? _mapLabel;
    private readonly LinearLayer? _mapAugment;
    private readonly LinearLayer _mapLayer0;
    private readonly LinearLayer _mapLayer1;
    private readonly ResampledConvolution _firstConvolution;
    private readonly List<(UNetBlock? Block, ResampledConvolution? Residual)> _encoder = [];
    private readonly List<UNetBlock> _decoder = [];
    private readonly GroupNormLayer _lastNorm;
    private readonly ResampledConvolution _lastConvolution;

    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <exception cref="ArgumentException">The resolution cannot be halved as often as there are levels, or an option is out of
    /// range.</exception>
    public SongUNet(SongUNetOptions options)
        : base(nameof(SongUNet))
    {
        Validate(options);
        _options = options;
        Shape = new ImageShape(options.Channels, options.Resolution, options.Resolution);
        long embeddingChannels = options.ModelChannels * options.ChannelMultEmb;
        _noiseChannels = options.ModelChannels * options.ChannelMultNoise;
        if (options.EmbeddingType == SongUNetEmbedding.Fourier)
        {
            _mapNoise = Register("map_noise", new FourierEmbedding(_noiseChannels));
        }

        if (options.LabelCount > 0)
        {
            _mapLabel = Register("map_label", new LinearLayer(options.LabelCount, _noiseChannels, Weights));
        }

        if (options.AugmentLabelCount > 0)
        {
            _mapAugment = Register(
                "map_augment", new LinearLayer(options.AugmentLabelCount, _noiseChannels, Weights, hasBias: false));
        }

        _mapLayer0 = Register("map_layer0", new LinearLayer(_noiseChannels, embeddingChannels, Weights));
        _mapLayer1 = Register("map_layer1", new LinearLayer(embeddingChannels, embeddingChannels, Weights));

        var block = new UNetBlockOptions
        {
            EmbeddingChannels = embeddingChannels,
            Dropout = options.Dropout,
            SkipScale = Math.Sqrt(0.5),
            Epsilon = 1e-6,
            Heads = 1,
            ResampleFilter = options.ResampleFilter,
            ProjectsResampledSkip = true,
            AdaptiveScale = false,
            Weights = Weights,
            LastWeights = LastWeights,
            AttentionWeights = AttentionWeights,
        };
        int patchedResolution = options.Resolution / options.Patch;
        long patchedChannels = options.Channels * options.Patch * options.Patch;
        NamedLayers encoder = Register("enc", new NamedLayers());
        _firstConvolution = encoder.Add(
            $"{patchedResolution}x{patchedResolution}_conv",
            new ResampledConvolution(patchedChannels, options.ModelChannels, 3, Weights));
        Stack<long> skips = BuildEncoder(encoder, block, patchedResolution, patchedChannels);
        NamedLayers decoder = Register("dec", new NamedLayers());
        long channels = BuildDecoder(decoder, block, patchedResolution, skips);
        string finest = $"{patchedResolution}x{patchedResolution}";
        _lastNorm = decoder.Add($"{finest}_aux_norm", new GroupNormLayer(channels, 1e-6));
        _lastConvolution = decoder.Add(
            $"{finest}_aux_conv", new ResampledConvolution(channels, patchedChannels, 3, LastWeights));
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<SongUNetOptions>(
        nameof(SongUNet), options => new SongUNet(options)) with
    {
        Import = (checkpoint, arguments) => checkpoint.TryGet("GaussianFourierProjection_0/W", out _)
            ? FlaxNcsnpp.ToSongUNet(checkpoint, ArchitectureArguments.Read<SongUNetOptions>(arguments))
            : checkpoint,
    };

    /// <inheritdoc/>
    public override ImageShape Shape { get; }

    /// <inheritdoc/>
    public override int LabelCount => _options.LabelCount;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Embed(noise, classLabels, augmentLabels, images.dtype);
        Tensor folded = _options.Patch == 1 ? images : nn.functional.pixel_unshuffle(images, _options.Patch);

        Tensor hidden = _firstConvolution.forward(folded);
        Tensor residual = folded;
        var skips = new Stack<Tensor>([hidden]);
        foreach ((UNetBlock? block, ResampledConvolution? down) in _encoder)
        {
            if (block is not null)
            {
                hidden = block.forward(hidden, embedding);
            }
            else
            {
                _ = skips.Pop();
                residual = (hidden + down!.forward(residual)) * Math.Sqrt(0.5);
                hidden = residual;
            }

            skips.Push(hidden);
        }

        // Every tensor is freed as soon as it has been used. The encoder's last output is also the first skip.
        Tensor deepest = hidden;
        foreach (UNetBlock block in _decoder)
        {
            Tensor input = hidden;
            if (input.shape[1] == block.Inputs)
            {
                hidden = block.forward(input, embedding);
            }
            else
            {
                using Tensor skip = skips.Pop();
                using Tensor joined = cat([input, skip], 1);
                hidden = block.forward(joined, embedding);
            }

            if (!ReferenceEquals(input, deepest))
            {
                input.Dispose();
            }
        }

        Tensor output = _lastConvolution.forward(nn.functional.silu(_lastNorm.forward(hidden)));
        output = _options.Patch == 1 ? output : nn.functional.pixel_shuffle(output, _options.Patch);
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Embed(noise, null, null, ScalarType.Float32);
        GraphValue folded = _options.Patch == 1 ? images : graph.PixelUnshuffle(images, _options.Patch);
        GraphValue hidden = _firstConvolution.Write(graph, folded);
        GraphValue residual = folded;
        var skips = new Stack<GraphValue>([hidden]);
        foreach ((UNetBlock? block, ResampledConvolution? down) in _encoder)
        {
            if (block is not null)
            {
                hidden = block.Write(graph, hidden, embedding);
            }
            else
            {
                _ = skips.Pop();
                residual = graph.Multiply(graph.Add(hidden, down!.Write(graph, residual)), Math.Sqrt(0.5));
                hidden = residual;
            }

            skips.Push(hidden);
        }

        foreach (UNetBlock block in _decoder)
        {
            hidden = block.Write(
                graph, hidden.Shape[1] == block.Inputs ? hidden : graph.Concat(1, hidden, skips.Pop()), embedding);
        }

        GraphValue output = _lastConvolution.Write(graph, graph.Silu(_lastNorm.Write(graph, hidden)));
        return _options.Patch == 1 ? output : graph.PixelShuffle(output, _options.Patch);
    }

    private static void Validate(SongUNetOptions options)
    {
        int levels = options.ChannelMult.Count;
        if (levels == 0 || options.Patch < 1 || options.Channels < 1 || options.NumBlocks < 1 || options.ModelChannels < 4
            || options.ModelChannels % 4 != 0 || options.ChannelMult.Any(mult => mult < 1))
        {
            throw new ArgumentException(
                "channels, patch, num_blocks and every channel_mult must be at least 1 and model_channels a multiple of 4");
        }

        int divisor = options.Patch << (levels - 1);
        if (options.Resolution < divisor || options.Resolution % divisor != 0)
        {
            throw new ArgumentException(
                $"img_resolution {options.Resolution} must be a multiple of {divisor} for {levels} levels and patch {options.Patch}");
        }

        if (options.ResampleFilter.Count is < 1 or > MaxFilterTaps)
        {
            throw new ArgumentException($"resample_filter must have 1 to {MaxFilterTaps} taps");
        }

        if (options.Dropout is not (>= 0 and < 1))
        {
            throw new ArgumentException($"dropout {options.Dropout} must be at least 0 and below 1");
        }
    }

    private Stack<long> BuildEncoder(NamedLayers layers, UNetBlockOptions block, int resolution, long imageChannels)
    {
        long channels = _options.ModelChannels, residualChannels = imageChannels;
        var skips = new Stack<long>([channels]);
        for (int level = 0; level < _options.ChannelMult.Count; level++)
        {
            int size = resolution >> level;
            if (level > 0)
            {
                _encoder.Add((layers.Add($"{size}x{size}_down", new UNetBlock(channels, channels, block, Resampling.Down)), null));
                skips.Push(channels);
                if (_options.EncoderType == SongUNetEncoder.Residual)
                {
                    var down = new ResampledConvolution(
                        residualChannels, channels, 3, Weights, Resampling.Down, _options.ResampleFilter, convolvesFirst: true);
                    _encoder.Add((null, layers.Add($"{size}x{size}_aux_residual", down)));
                    residualChannels = channels;
                }
            }

            bool attention = _options.AttnResolutions.Contains(size);
            for (int i = 0; i < _options.NumBlocks; i++)
            {
                long outputs = _options.ModelChannels * _options.ChannelMult[level];
                var layer = new UNetBlock(channels, outputs, block, attention: attention);
                _encoder.Add((layers.Add($"{size}x{size}_block{i}", layer), null));
                channels = outputs;
                skips.Push(channels);
            }
        }

        return skips;
    }

    private long BuildDecoder(NamedLayers layers, UNetBlockOptions block, int resolution, Stack<long> skips)
    {
        long channels = skips.Peek();
        int coarsest = _options.ChannelMult.Count - 1;
        for (int level = coarsest; level >= 0; level--)
        {
            int size = resolution >> level;
            if (level == coarsest)
            {
                _decoder.Add(layers.Add($"{size}x{size}_in0", new UNetBlock(channels, channels, block, attention: true)));
                _decoder.Add(layers.Add($"{size}x{size}_in1", new UNetBlock(channels, channels, block)));
            }
            else
            {
                _decoder.Add(layers.Add($"{size}x{size}_up", new UNetBlock(channels, channels, block, Resampling.Up)));
            }

            for (int i = 0; i <= _options.NumBlocks; i++)
            {
                long outputs = _options.ModelChannels * _options.ChannelMult[level];
                bool attention = i == _options.NumBlocks && _options.AttnResolutions.Contains(size);
                var layer = new UNetBlock(channels + skips.Pop(), outputs, block, attention: attention);
                _decoder.Add(layers.Add($"{size}x{size}_block{i}", layer));
                channels = outputs;
            }
        }

        return channels;
    }

    private Tensor Embed(Tensor noise, Tensor? classLabels, Tensor? augmentLabels, ScalarType type)
    {
        Tensor level = noise.to(ScalarType.Float32);
        Tensor embedding = _mapNoise is null
            ? SinusoidalEmbedding.Embed(level, _noiseChannels, frequencyShift: 1)
            : _mapNoise.forward(level);

        // The published networks were trained with all sines before all cosines.
        embedding = embedding.roll(_noiseChannels / 2, 1).to(type);
        if (_mapLabel is not null && classLabels is not null)
        {
            embedding += _mapLabel.forward(classLabels.to(type) * Math.Sqrt(_options.LabelCount));
        }

        if (_mapAugment is not null && augmentLabels is not null)
        {
            embedding += _mapAugment.forward(augmentLabels.to(type));
        }

        return nn.functional.silu(_mapLayer1.forward(nn.functional.silu(_mapLayer0.forward(embedding))));
    }

    private TModule Register<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        register_module(name, module);
        return module;
    }
}
