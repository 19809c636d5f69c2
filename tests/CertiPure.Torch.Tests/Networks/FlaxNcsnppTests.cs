using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Networks;

public sealed class FlaxNcsnppTests
{
    [Fact]
    public void A_checkpoint_that_lacks_a_tensor_is_refused_by_its_flax_name()
    {
        using var empty = new Checkpoint([]);
        var refusal = Assert.Throws<CertiPureException>(() => FlaxNcsnpp.ToSongUNet(empty, FlaxNcsnpp.Cifar10));
        Assert.Contains("GaussianFourierProjection_0/W", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_shape_of_network_is_refused_by_the_tensor_that_has_no_place()
    {
        using Checkpoint flax = OneLevel();
        using Checkpoint more = new(flax.Tensors.Append(CheckpointTensor.FromSingles("ResnetBlockBigGANpp_9/Conv_0/bias", [1], [1])));
        FlaxNcsnpp.ToSongUNet(flax, Options).Dispose();
        var refusal = Assert.Throws<CertiPureException>(() => FlaxNcsnpp.ToSongUNet(more, Options));
        Assert.Contains("ResnetBlockBigGANpp_9", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_turn_outputs_first_and_queries_keys_and_values_interleave()
    {
        using Checkpoint flax = OneLevel();
        using Checkpoint mapped = FlaxNcsnpp.ToSongUNet(flax, Options);
        float[] kernel = flax["Conv_0/kernel"].ToSingles(), moved = mapped["enc.4x4_conv.weight"].ToSingles();
        Assert.Equal([4, 3, 3, 3], mapped["enc.4x4_conv.weight"].Shape);

        // Row 1, column 2, input 2, output 3 of [3,3,3,4], and the same of [4,3,3,3].
        Assert.Equal(kernel[(((((1 * 3) + 2) * 3) + 2) * 4) + 3], moved[(((((3 * 3) + 2) * 3) + 1) * 3) + 2]);
        float[] bias = mapped["dec.4x4_in0.qkv.bias"].ToSingles();
        for (int part = 0; part < 3; part++)
        {
            Assert.Equal(flax[$"AttnBlockpp_0/NIN_{part}/b"].ToSingles(), bias.Where((_, i) => i % 3 == part));
        }
    }

    private static SongUNetOptions Options { get; } = FlaxNcsnpp.Cifar10 with
    {
        Resolution = 4,
        ModelChannels = 4,
        ChannelMult = [1],
        NumBlocks = 1,
        AttnResolutions = [],
    };

    /// <summary>The Flax tensors of a network of one level and one block: each number is its own, by position.</summary>
    private static Checkpoint OneLevel()
    {
        var tensors = new List<CheckpointTensor>();
        void Add(string name, params long[] shape)
        {
            int count = (int)shape.Aggregate(1L, (product, length) => product * length);
            tensors.Add(CheckpointTensor.FromSingles(
                name, shape, [.. Enumerable.Range(0, count).Select(i => (tensors.Count * 1000f) + i)]));
        }

        Add("GaussianFourierProjection_0/W", 4);
        Add("Dense_0/kernel", 8, 16);
        Add("Dense_0/bias", 16);
        Add("Dense_1/kernel", 16, 16);
        Add("Dense_1/bias", 16);
        Add("Conv_0/kernel", 3, 3, 3, 4);
        Add("Conv_0/bias", 4);
        int[] inputs = [4, 4, 4, 8, 8];
        for (int block = 0; block < inputs.Length; block++)
        {
            string name = $"ResnetBlockBigGANpp_{block}";
            Add($"{name}/GroupNorm_0/scale", inputs[block]);
            Add($"{name}/GroupNorm_0/bias", inputs[block]);
            Add($"{name}/Conv_0/kernel", 3, 3, inputs[block], 4);
            Add($"{name}/Conv_0/bias", 4);
            Add($"{name}/Dense_0/kernel", 16, 4);
            Add($"{name}/Dense_0/bias", 4);
            Add($"{name}/GroupNorm_1/scale", 4);
            Add($"{name}/GroupNorm_1/bias", 4);
            Add($"{name}/Conv_1/kernel", 3, 3, 4, 4);
            Add($"{name}/Conv_1/bias", 4);
            if (inputs[block] == 8)
            {
                Add($"{name}/Conv_2/kernel", 1, 1, 8, 4);
                Add($"{name}/Conv_2/bias", 4);
            }
        }

        Add("AttnBlockpp_0/GroupNorm_0/scale", 4);
        Add("AttnBlockpp_0/GroupNorm_0/bias", 4);
        for (int part = 0; part < 4; part++)
        {
            Add($"AttnBlockpp_0/NIN_{part}/W", 4, 4);
            Add($"AttnBlockpp_0/NIN_{part}/b", 4);
        }

        Add("GroupNorm_0/scale", 4);
        Add("GroupNorm_0/bias", 4);
        Add("Conv_1/kernel", 3, 3, 4, 3);
        Add("Conv_1/bias", 3);
        return new Checkpoint(tensors);
    }
}
