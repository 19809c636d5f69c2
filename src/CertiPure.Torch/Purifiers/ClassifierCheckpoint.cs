using System.Globalization;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>Files of classifiers: a safetensors file whose metadata says how to build the network and what it does to
/// pixels.</summary>
public static class ClassifierCheckpoint
{
    // More than any classifier takes; one such image is run through the network to count its classes.
    private const long MaxValues = 1 << 26;
    private const string ShapeKey = "shape";
    private const string MeanKey = "mean";
    private const string DeviationKey = "std";

    /// <summary>What a classifier's file says of its network.</summary>
    /// <param name="architecture">The architecture's name.</param>
    /// <param name="arguments">Its arguments as JSON.</param>
    /// <param name="shape">The image shape.</param>
    /// <param name="normalization">What happens to pixels before the network.</param>
    public static IReadOnlyDictionary<string, string> Metadata(
        string architecture, string arguments, ImageShape shape, PixelNormalization normalization) =>
        new Dictionary<string, string>
        {
            [Architecture.NameKey] = architecture,
            [Architecture.ArgumentsKey] = arguments,
            [ShapeKey] = shape.ToString(),
            [MeanKey] = Write(normalization.Mean),
            [DeviationKey] = Write(normalization.Deviation),
        };

    /// <summary>Loads a classifier.</summary>
    /// <param name="path">A safetensors file with the metadata of <see cref="Metadata"/>.</param>
    /// <param name="precision">The format to compute in.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The file is missing or damaged, lacks metadata, or does not fit its own
    /// architecture.</exception>
    public static TorchClassifier Load(string path, Precision precision = Precision.Fp32, Device? device = null)
    {
        using Checkpoint checkpoint = SafeTensors.Read(path);
        return Load(checkpoint, precision, device);
    }

    /// <summary>Loads a classifier.</summary>
    /// <param name="checkpoint">Tensors with the metadata of <see cref="Metadata"/>.</param>
    /// <param name="precision">The format to compute in.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">The checkpoint lacks metadata, or does not fit its own architecture.</exception>
    public static TorchClassifier Load(Checkpoint checkpoint, Precision precision = Precision.Fp32, Device? device = null)
    {
        (nn.Module<Tensor, Tensor> network, ImageShape shape, PixelNormalization normalization) = Build(checkpoint);
        return new TorchClassifier(network, shape, normalization, precision, device);
    }

    /// <summary>Builds a classifier's bare network, to be trained on.</summary>
    /// <param name="checkpoint">Tensors with the metadata of <see cref="Metadata"/>.</param>
    /// <returns>The network with its weights, the image shape, and what happens to pixels before the network.</returns>
    /// <exception cref="CertiPureException">The checkpoint lacks metadata, or does not fit its own architecture.</exception>
    public static (nn.Module<Tensor, Tensor> Network, ImageShape Shape, PixelNormalization Normalization) Build(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var architecture = Architecture.Named(CheckpointMetadata.Required(checkpoint, Architecture.NameKey));
        var network = architecture.Create<nn.Module<Tensor, Tensor>>(CheckpointMetadata.Required(checkpoint, Architecture.ArgumentsKey), checkpoint);
        ImageShape shape = ReadShape(checkpoint);
        var normalization = new PixelNormalization(ReadNumbers(checkpoint, MeanKey), ReadNumbers(checkpoint, DeviationKey));
        CheckpointLoader.Load(network, checkpoint, IsUnused);
        return (network, shape, normalization);
    }

    // Batch normalisation counts its batches for a use that nobody makes of it; older files lack the count.
    private static bool IsUnused(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private static string Write(IEnumerable<double> values) =>
        string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static double[] ReadNumbers(Checkpoint checkpoint, string key)
    {
        string text = CheckpointMetadata.Required(checkpoint, key);
        var numbers = new List<double>();
        foreach (string part in text.Split(','))
        {
            numbers.Add(
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                    ? number
                    : throw Damaged(checkpoint, key, text));
        }

        return [.. numbers];
    }

    private static ImageShape ReadShape(Checkpoint checkpoint)
    {
        string text = CheckpointMetadata.Required(checkpoint, ShapeKey);
        var sides = new List<int>();
        foreach (string part in text.Split('x'))
        {
            sides.Add(
                int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is > 0 and <= 4096
                    ? side
                    : throw Damaged(checkpoint, ShapeKey, text));
        }

        return sides is [int channels, int height, int width] && (long)channels * height * width <= MaxValues
            ? new ImageShape(channels, height, width)
            : throw Damaged(checkpoint, ShapeKey, text);
    }

    private static CertiPureException Damaged(Checkpoint checkpoint, string key, string text) =>
        new($"The checkpoint '{checkpoint.Path ?? "in memory"}' says {key} = '{text}', which cannot be read: write it again.");
}
