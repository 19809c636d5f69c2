using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises EDM's two networks by their names, and their arguments by their shapes.</summary>
internal static partial class EdmSignature
{
    /// <summary>The network, or null if it is neither.</summary>
    public static RecognisedNetwork? Recognise(Checkpoint checkpoint, NamedShapes shapes)
    {
        if (!shapes.Has("map_layer0.weight", "map_layer1.weight") || shapes.Find(FirstConvolution()) is not { } first)
        {
            return null;
        }

        string convolution = first.Value;
        if (!int.TryParse(first.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int resolution)
            || shapes.Size(convolution, 0) is not (> 0 and var channels) || resolution is < 1 or > 4096)
        {
            return null;
        }

        int[] sizes = [.. Sizes(resolution).TakeWhile(size => shapes.Has($"enc.{size}x{size}_block0.conv0.weight"))];
        if (sizes.Length == 0)
        {
            return null;
        }

        int[] multipliers = [.. sizes.Select(size => shapes.Size($"enc.{size}x{size}_block0.conv0.weight", 0) / channels)];
        int[] attention = [.. sizes.Where(size => shapes.Has($"enc.{size}x{size}_block0.qkv.weight"))];
        int blocks = shapes.CountFrom(i => $"enc.{resolution}x{resolution}_block{i}.conv0.weight");
        int imageChannels = shapes.Size(convolution, 1);
        int embedding = shapes.Size("map_layer0.weight", 0) / channels;
        bool adm = shapes.Has("out_norm.weight");
        bool fourier = shapes.Has("map_noise.freqs");
        string arguments = adm
            ? ArchitectureArguments.Write(new DhariwalUNetOptions
            {
                Resolution = resolution,
                Channels = imageChannels,
                LabelCount = shapes.Size("map_label.weight", 1),
                AugmentLabelCount = shapes.Size("map_augment.weight", 1),
                ModelChannels = channels,
                ChannelMult = multipliers,
                ChannelMultEmb = embedding,
                NumBlocks = blocks,
                AttnResolutions = attention,
                Dropout = 0,
            })
            : ArchitectureArguments.Write(new SongUNetOptions
            {
                Resolution = resolution,
                Channels = imageChannels,
                LabelCount = shapes.Size("map_label.weight", 1),
                AugmentLabelCount = shapes.Size("map_augment.weight", 1),
                ModelChannels = channels,
                ChannelMult = multipliers,
                ChannelMultEmb = embedding,
                ChannelMultNoise = shapes.Size("map_layer0.weight", 1) / channels,
                NumBlocks = blocks,
                AttnResolutions = attention,
                Dropout = 0,
                EmbeddingType = fourier ? SongUNetEmbedding.Fourier : SongUNetEmbedding.Positional,
                EncoderType = IsResidual(shapes, sizes) ? SongUNetEncoder.Residual : SongUNetEncoder.Standard,
                ResampleFilter = FilterTaps(shapes, sizes) == 4 ? [1, 3, 3, 1] : [1, 1],
            });
        string kind = adm ? "EDM's DhariwalUNet (ADM)" : fourier ? "EDM's SongUNet (NCSN++)" : "EDM's SongUNet (DDPM++)";
        return new RecognisedNetwork($"{kind}, {imageChannels}x{resolution}x{resolution}, {channels} channels",
            adm ? nameof(DhariwalUNet) : nameof(SongUNet), arguments, Metadata(checkpoint));
    }

    // The class of a pickled network names its preconditioning; a bare state dict could as well be a consistency model's.
    private static Dictionary<string, string> Metadata(Checkpoint checkpoint) =>
        checkpoint.Metadata.GetValueOrDefault("class") switch
        {
            "EDMPrecond" => new() { [Preconditioning.NameKey] = "edm" },
            "VPPrecond" => new() { [Preconditioning.NameKey] = "vp" },
            "VEPrecond" => new() { [Preconditioning.NameKey] = "ve" },
            _ => [],
        };

    private static IEnumerable<int> Sizes(int resolution)
    {
        for (int size = resolution; size >= 1; size /= 2)
        {
            yield return size;
        }
    }

    private static bool IsResidual(NamedShapes shapes, int[] sizes) =>
        sizes.Any(size => shapes.Has($"enc.{size}x{size}_aux_residual.weight"));

    private static int FilterTaps(NamedShapes shapes, int[] sizes)
    {
        int written = sizes.Max(size => shapes.Size($"enc.{size}x{size}_down.conv0.resample_filter", 3));
        return written > 0 ? written : IsResidual(shapes, sizes) ? 4 : 2;
    }

    [GeneratedRegex(@"^enc\.(\d{1,4})x\1_conv\.weight$")]
    private static partial Regex FirstConvolution();
}
