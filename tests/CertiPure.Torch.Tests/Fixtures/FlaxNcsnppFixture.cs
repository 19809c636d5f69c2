using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>The CIFAR-10 consistency models' NCSN++, in Flax's names and layouts.</summary>
internal sealed class FlaxNcsnppFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) =>
        fixture.Reference.Contains("consistency_models_cifar10", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        JsonElement arguments = fixture.Arguments;
        SongUNetOptions options = FlaxNcsnpp.Cifar10 with
        {
            Resolution = arguments.GetProperty("image_size").GetInt32(),
            ModelChannels = arguments.GetProperty("nf").GetInt32(),
            ChannelMult = Numbers(arguments.GetProperty("ch_mult")),
            NumBlocks = arguments.GetProperty("num_res_blocks").GetInt32(),
            AttnResolutions = Numbers(arguments.GetProperty("attn_resolutions")),
            ResampleFilter = [.. Numbers(arguments.GetProperty("fir_kernel")).Select(tap => (double)tap)],
        };
        using var network = new SongUNet(options);
        using (Checkpoint weights = fixture.Weights())
        using (Checkpoint mapped = FlaxNcsnpp.ToSongUNet(weights, options))
        {
            FixtureWeights.Load(network, mapped);
        }

        return DenoiserOutputs.Compare(fixture, network, fixture["t"], null);
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];
}
