using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

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
        FlaxNcsnpp.ToSongUNet(flax, FlaxNetwork.Options).Dispose();
        var refusal = Assert.Throws<CertiPureException>(() => FlaxNcsnpp.ToSongUNet(more, FlaxNetwork.Options));
        Assert.Contains("ResnetBlockBigGANpp_9", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dense_0/kernel", "[]", new long[0])]
    [InlineData("Dense_0/kernel", "[16]", new long[] { 16 })]
    [InlineData("Conv_0/kernel", "[4]", new long[] { 4 })]
    [InlineData("Conv_0/kernel", "[3, 3, 0, 4]", new long[] { 3, 3, 0, 4 })]
    [InlineData("Conv_0/kernel", "[3, 3, 3, 0]", new long[] { 3, 3, 3, 0 })]
    [InlineData("AttnBlockpp_0/NIN_0/b", "[0]", new long[] { 0 })]
    [InlineData("AttnBlockpp_0/NIN_1/b", "[3]", new long[] { 3 })]
    [InlineData("AttnBlockpp_0/NIN_2/W", "[4, 3]", new long[] { 4, 3 })]
    [InlineData("AttnBlockpp_0/NIN_3/W", "[16]", new long[] { 16 })]
    public void A_tensor_of_a_shape_that_no_layer_has_is_refused_by_its_flax_name(string name, string shown, long[] shape)
    {
        using Checkpoint flax = OneLevel();
        using Checkpoint damaged = new(flax.Tensors.Select(
            tensor => tensor.Name == name ? CheckpointTensor.OfShape(name, ElementType.Float32, shape) : tensor));
        Refusal.Of(() => FlaxNcsnpp.ToSongUNet(damaged, FlaxNetwork.Options), "in memory", $"'{name}' with the shape {shown}");
    }

    [Fact]
    public void Kernels_turn_outputs_first_and_queries_keys_and_values_interleave()
    {
        using Checkpoint flax = OneLevel();
        using Checkpoint mapped = FlaxNcsnpp.ToSongUNet(flax, FlaxNetwork.Options);
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

    /// <summary>Each number is its own, by position.</summary>
    private static Checkpoint OneLevel() => new(FlaxNetwork.Tensors.Select((tensor, index) =>
    {
        int count = (int)tensor.Shape.Aggregate(1L, (product, length) => product * length);
        return CheckpointTensor.FromSingles(
            tensor.Name, tensor.Shape, [.. Enumerable.Range(0, count).Select(i => (index * 1000f) + i)]);
    }));
}
