using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>An NCSN++ of one level and one block in Flax's names and layouts.</summary>
internal static class FlaxNetwork
{
    /// <summary>Its arguments.</summary>
    public static SongUNetOptions Options { get; } = FlaxNcsnpp.Cifar10 with
    {
        Resolution = 4,
        ModelChannels = 4,
        ChannelMult = [1],
        NumBlocks = 1,
        AttnResolutions = [],
    };

    /// <summary>Its tensors, in order.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Tensors { get; } = [.. Embedding(), .. Blocks(), .. Attention(), .. Ends()];

    private static IEnumerable<(string Name, long[] Shape)> Embedding() =>
    [
        ("GaussianFourierProjection_0/W", [4]),
        ("Dense_0/kernel", [8, 16]),
        ("Dense_0/bias", [16]),
        ("Dense_1/kernel", [16, 16]),
        ("Dense_1/bias", [16]),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Blocks()
    {
        int[] inputs = [4, 4, 4, 8, 8];
        for (int block = 0; block < inputs.Length; block++)
        {
            string name = $"ResnetBlockBigGANpp_{block}";
            yield return ($"{name}/GroupNorm_0/scale", [inputs[block]]);
            yield return ($"{name}/GroupNorm_0/bias", [inputs[block]]);
            yield return ($"{name}/Conv_0/kernel", [3, 3, inputs[block], 4]);
            yield return ($"{name}/Conv_0/bias", [4]);
            yield return ($"{name}/Dense_0/kernel", [16, 4]);
            yield return ($"{name}/Dense_0/bias", [4]);
            yield return ($"{name}/GroupNorm_1/scale", [4]);
            yield return ($"{name}/GroupNorm_1/bias", [4]);
            yield return ($"{name}/Conv_1/kernel", [3, 3, 4, 4]);
            yield return ($"{name}/Conv_1/bias", [4]);
            if (inputs[block] == 8)
            {
                yield return ($"{name}/Conv_2/kernel", [1, 1, 8, 4]);
                yield return ($"{name}/Conv_2/bias", [4]);
            }
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Attention() =>
    [
        ("AttnBlockpp_0/GroupNorm_0/scale", [4]),
        ("AttnBlockpp_0/GroupNorm_0/bias", [4]),
        .. Enumerable.Range(0, 4).SelectMany(part => new (string, long[])[]
        {
            ($"AttnBlockpp_0/NIN_{part}/W", [4, 4]),
            ($"AttnBlockpp_0/NIN_{part}/b", [4]),
        }),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Ends() =>
    [
        ("Conv_0/kernel", [3, 3, 3, 4]),
        ("Conv_0/bias", [4]),
        ("GroupNorm_0/scale", [4]),
        ("GroupNorm_0/bias", [4]),
        ("Conv_1/kernel", [3, 3, 4, 3]),
        ("Conv_1/bias", [3]),
    ];
}
