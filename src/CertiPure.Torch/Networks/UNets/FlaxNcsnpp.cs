using System.Globalization;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// Maps the NCSN++ of the paper's own purifiers, trained in Flax (Song et al. 2023, CIFAR-10), onto <see cref="SongUNet"/>:
/// the same network layer for layer, under other names and with other layouts. Flax numbers the layers of a kind in the order
/// in which they run, keeps kernels with the outputs last, and has queries, keys and values in three matrices.
/// </summary>
public sealed class FlaxNcsnpp
{
    private readonly Checkpoint _source;
    private readonly List<CheckpointTensor> _mapped = [];
    private readonly HashSet<string> _used = [];
    private int _residualBlocks;
    private int _attentions;
    private int _downsamplings;

    private FlaxNcsnpp(Checkpoint source) => _source = source;

    /// <summary>The published CIFAR-10 network.</summary>
    public static SongUNetOptions Cifar10 { get; } = new()
    {
        Resolution = 32,
        Channels = 3,
        ModelChannels = 128,
        ChannelMult = [2, 2, 2],
        NumBlocks = 4,
        AttnResolutions = [16],
        ChannelMultNoise = 2,
        EmbeddingType = SongUNetEmbedding.Fourier,
        EncoderType = SongUNetEncoder.Residual,
        ResampleFilter = [1, 3, 3, 1],
        Dropout = 0,
    };

    /// <summary>Maps a checkpoint.</summary>
    /// <param name="source">Flax's tensors by their path, <c>ResnetBlockBigGANpp_0/Conv_0/kernel</c>: the parameters alone, so
    /// <c>params</c> or <c>params_ema</c> of a training state.</param>
    /// <param name="options">The network's shape, <see cref="Cifar10"/> for the published ones.</param>
    /// <returns>The tensors under the names and in the layouts of <see cref="SongUNet"/>.</returns>
    /// <exception cref="CertiPureException">A tensor is missing, left over or of an impossible shape.</exception>
    public static Checkpoint ToSongUNet(Checkpoint source, SongUNetOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var map = new FlaxNcsnpp(source);
        map.Embedding();
        map.Encoder(options);
        map.Decoder(options);
        if (source.Tensors.FirstOrDefault(tensor => !map._used.Contains(tensor.Name)) is CheckpointTensor unused)
        {
            throw new CertiPureException(
                $"The Flax checkpoint '{source.Path ?? "in memory"}' holds '{unused.Name}', for which an NCSN++ of these arguments has "
                + "no place: give the arguments that it was trained with.");
        }

        return new Checkpoint(map._mapped, source.Metadata);
    }

    private void Embedding()
    {
        Copy("GaussianFourierProjection_0/W", "map_noise.freqs");
        Dense("Dense_0", "map_layer0");
        Dense("Dense_1", "map_layer1");
    }

    private void Encoder(SongUNetOptions options)
    {
        Convolution("Conv_0", $"enc.{Side(options, 0)}_conv");
        for (int level = 0; level < options.ChannelMult.Count; level++)
        {
            string side = "enc." + Side(options, level);
            if (level > 0)
            {
                ResidualBlock($"{side}_down");
                Convolution($"Downsample_{_downsamplings++}/Conv2d_0", $"{side}_aux_residual", "weight");
            }

            for (int i = 0; i < options.NumBlocks; i++)
            {
                ResidualBlock($"{side}_block{i}");
                AttentionWhere(HasAttention(options, level), $"{side}_block{i}");
            }
        }
    }

    private void Decoder(SongUNetOptions options)
    {
        int coarsest = options.ChannelMult.Count - 1;
        ResidualBlock($"dec.{Side(options, coarsest)}_in0");
        AttentionWhere(true, $"dec.{Side(options, coarsest)}_in0");
        ResidualBlock($"dec.{Side(options, coarsest)}_in1");
        for (int level = coarsest; level >= 0; level--)
        {
            string side = "dec." + Side(options, level);
            if (level < coarsest)
            {
                ResidualBlock($"{side}_up");
            }

            for (int i = 0; i <= options.NumBlocks; i++)
            {
                ResidualBlock($"{side}_block{i}");
            }

            AttentionWhere(HasAttention(options, level), $"{side}_block{options.NumBlocks}");
        }

        Normalisation("GroupNorm_0", $"dec.{Side(options, 0)}_aux_norm");
        Convolution("Conv_1", $"dec.{Side(options, 0)}_aux_conv");
    }

    private void ResidualBlock(string name)
    {
        string block = $"ResnetBlockBigGANpp_{_residualBlocks++}";
        Normalisation($"{block}/GroupNorm_0", $"{name}.norm0");
        Convolution($"{block}/Conv_0", $"{name}.conv0");
        Dense($"{block}/Dense_0", $"{name}.affine");
        Normalisation($"{block}/GroupNorm_1", $"{name}.norm1");
        Convolution($"{block}/Conv_1", $"{name}.conv1");
        if (_source.TryGet($"{block}/Conv_2/kernel", out _))
        {
            Convolution($"{block}/Conv_2", $"{name}.skip");
        }
    }

    private void AttentionWhere(bool present, string name)
    {
        if (!present)
        {
            return;
        }

        string block = $"AttnBlockpp_{_attentions++}";
        Normalisation($"{block}/GroupNorm_0", $"{name}.norm2");
        CheckpointTensor[] biases = [.. Enumerable.Range(0, 3).Select(i => Take($"{block}/NIN_{i}/b"))];
        long channels = biases[0].ElementCount;
        CheckpointTensor[] weights = [.. Enumerable.Range(0, 4).Select(i => TakeKernel($"{block}/NIN_{i}/W", 2))];
        if (biases.FirstOrDefault(bias => !bias.Shape.SequenceEqual([channels]) || channels == 0) is { } badBias)
        {
            throw Misshaped(badBias);
        }

        if (weights.FirstOrDefault(weight => !weight.Shape.SequenceEqual([channels, channels])) is { } badWeight)
        {
            throw Misshaped(badWeight);
        }

        Add($"{name}.qkv.weight", [3 * channels, channels, 1, 1], Interleave([.. weights.Take(3).Select(OutputsFirst)], channels));
        Add($"{name}.qkv.bias", [3 * channels], Interleave([.. biases.Select(bias => bias.ToSingles())], channels));
        Add($"{name}.proj.weight", [channels, channels, 1, 1], OutputsFirst(weights[3]));
        Copy($"{block}/NIN_3/b", $"{name}.proj.bias");
    }

    private void Normalisation(string from, string to)
    {
        Copy($"{from}/scale", $"{to}.weight");
        Copy($"{from}/bias", $"{to}.bias");
    }

    private void Dense(string from, string to)
    {
        CheckpointTensor kernel = TakeKernel($"{from}/kernel", 2);
        Add($"{to}.weight", [.. kernel.Shape.Reverse()], OutputsFirst(kernel));
        Copy($"{from}/bias", $"{to}.bias");
    }

    private void Convolution(string from, string to, string kernelName = "kernel")
    {
        CheckpointTensor kernel = TakeKernel($"{from}/{kernelName}", 4);
        Add($"{to}.weight", [kernel.Shape[^1], kernel.Shape[^2], .. kernel.Shape.SkipLast(2)], OutputsFirst(kernel));
        Copy($"{from}/bias", $"{to}.bias");
    }

    private void Copy(string from, string to) => _mapped.Add(Take(from).Rename(to));

    private void Add(string name, long[] shape, float[] values) =>
        _mapped.Add(CheckpointTensor.FromSingles(name, shape, values));

    private CheckpointTensor Take(string name)
    {
        if (!_source.TryGet(name, out CheckpointTensor? tensor))
        {
            throw new CertiPureException(
                $"The Flax checkpoint '{_source.Path ?? "in memory"}' lacks '{name}', which an NCSN++ of these arguments has: give the "
                + "arguments that it was trained with.");
        }

        _used.Add(name);
        return tensor;
    }

    private CheckpointTensor TakeKernel(string name, int dimensions)
    {
        CheckpointTensor kernel = Take(name);
        return kernel.Shape.Count == dimensions && kernel.ElementCount > 0 ? kernel : throw Misshaped(kernel);
    }

    private CertiPureException Misshaped(CheckpointTensor tensor) => new(
        $"The Flax checkpoint '{_source.Path ?? "in memory"}' holds '{tensor.Name}' with the shape {TensorShape.Write(tensor.Shape)}, which no layer "
        + "of an NCSN++ has there: it is damaged, or of another network.");

    /// <summary>From (kernel pixels, inputs, outputs) to (outputs, inputs, kernel pixels).</summary>
    private static float[] OutputsFirst(CheckpointTensor kernel)
    {
        float[] values = kernel.ToSingles();
        var moved = new float[values.Length];
        long outputs = kernel.Shape[^1];
        long inputs = kernel.Shape[^2];
        long pixels = values.Length / (outputs * inputs);
        long index = 0;
        for (long pixel = 0; pixel < pixels; pixel++)
        {
            for (long input = 0; input < inputs; input++)
            {
                for (long output = 0; output < outputs; output++)
                {
                    moved[((output * inputs) + input) * pixels + pixel] = values[index++];
                }
            }
        }

        return moved;
    }

    /// <summary>Joins queries, keys and values row by row: channel 0 of each, channel 1 of each, ...</summary>
    private static float[] Interleave(float[][] parts, long channels)
    {
        int row = (int)(parts[0].Length / channels);
        var joined = new float[3 * parts[0].Length];
        for (int channel = 0; channel < channels; channel++)
        {
            for (int part = 0; part < 3; part++)
            {
                parts[part].AsSpan(channel * row, row).CopyTo(joined.AsSpan(((channel * 3) + part) * row));
            }
        }

        return joined;
    }

    private static bool HasAttention(SongUNetOptions options, int level) =>
        options.AttnResolutions.Contains(options.Resolution >> level);

    private static string Side(SongUNetOptions options, int level)
    {
        string side = (options.Resolution >> level).ToString(CultureInfo.InvariantCulture);
        return side + "x" + side;
    }
}
