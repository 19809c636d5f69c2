using CertiPure.Torch.Checkpoints;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints;

public sealed class CheckpointLoaderTests
{
    private static readonly float[] Weight = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Tensors_go_into_the_parameters_of_their_names()
    {
        using var layer = nn.Linear(3, 2);
        CheckpointLoader.Load(layer, Of(("weight", [2, 3], Weight), ("bias", [2], [7, 8])));
        Assert.Equal(Weight, layer.weight!.data<float>().ToArray());
        Assert.Equal([7f, 8f], layer.bias!.data<float>().ToArray());
        Assert.True(layer.weight.requires_grad);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.UInt8)]
    public void Elements_are_converted_to_the_type_of_the_module(ElementType type)
    {
        using var layer = nn.Linear(3, 2, hasBias: false);
        byte[] bytes = type switch
        {
            ElementType.Float16 => [.. Weight.SelectMany(value => BitConverter.GetBytes((Half)value))],
            ElementType.BFloat16 => [.. Weight.SelectMany(value => BitConverter.GetBytes(value)[2..])],
            ElementType.Float64 => [.. Weight.SelectMany(value => BitConverter.GetBytes((double)value))],
            ElementType.Int64 => [.. Weight.SelectMany(value => BitConverter.GetBytes((long)value))],
            _ => [.. Weight.Select(value => (byte)value)],
        };
        CheckpointLoader.Load(layer, new Checkpoint([CheckpointTensor.FromBytes("weight", type, [2, 3], bytes)]));
        Assert.Equal(Weight, layer.weight!.data<float>().ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_named_and_nothing_is_copied()
    {
        using var layer = nn.Linear(3, 2);
        float[] before = layer.weight!.data<float>().ToArray();
        var refusal = Assert.Throws<CertiPureException>(() =>
            CheckpointLoader.Load(layer, Of(("weight", [2, 3], Weight), ("biases", [2], [7, 8]), ("more", [1], [0]))));
        Assert.Contains("1 tensor missing, first 'bias'; 2 tensors unexpected, first 'biases'", refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<CertiPureException>(() => CheckpointLoader.Load(layer, Of(("weight", [3, 2], Weight), ("bias", [2], [7, 8]))));
        Assert.Contains("1 tensor of another shape, first 'weight' with [3, 2] instead of [2, 3]", refusal.Message, StringComparison.Ordinal);
        Refusal.AssertOneSentence(refusal.Message);
        Assert.Equal(before, layer.weight!.data<float>().ToArray());
    }

    [Fact]
    public void A_checkpoint_of_something_else_is_told_what_it_looks_like()
    {
        using var layer = nn.Linear(3, 2);
        var refusal = Assert.Throws<CertiPureException>(() => CheckpointLoader.Load(layer, Of(("lin0.model.1.weight", [1], [1]), ("lin4.model.1.weight", [1], [1]))));
        Assert.Contains("it looks like LPIPS's linear heads", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Optional_tensors_may_be_absent_on_either_side()
    {
        using var layer = nn.Linear(3, 2);
        CheckpointLoader.Load(layer, Of(("weight", [2, 3], Weight), ("extra", [1], [1])), name => name is "bias" or "extra");
        Assert.Equal(Weight, layer.weight!.data<float>().ToArray());
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_loaded_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder["x"], Of(("weight", [2, 3], Weight), ("bias", [2], [7, 8])));
        using var layer = nn.Linear(3, 2);
        using Checkpoint checkpoint = SafeTensors.Read(folder["x"]);
        using (var stream = new FileStream(folder["x"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(stream.Length - 40);
        }

        Refusal.Of(() => CheckpointLoader.Load(layer, checkpoint), folder["x"], "it ends at byte");
    }

    [Fact]
    public void A_module_that_was_captured_and_written_is_the_same_when_loaded()
    {
        using var folder = new TemporaryFolder();
        using var one = nn.Sequential(("a", nn.Conv2d(2, 3, 3)), ("b", nn.BatchNorm2d(3)));
        using var other = nn.Sequential(("a", nn.Conv2d(2, 3, 3)), ("b", nn.BatchNorm2d(3)));
        SafeTensors.Write(folder["x"], ModuleState.Capture(one, new Dictionary<string, string> { ["architecture"] = "X" }));
        using Checkpoint checkpoint = SafeTensors.Read(folder["x"]);
        CheckpointLoader.Load(other, checkpoint);
        Assert.Equal("X", checkpoint.Metadata["architecture"]);
        Assert.Equal(ModuleState.Capture(one).Tensors.Select(tensor => tensor.ToString()), ModuleState.Capture(other).Tensors.Select(tensor => tensor.ToString()));
        Assert.All(ModuleState.Capture(one).Tensors.Zip(ModuleState.Capture(other).Tensors), pair => Assert.Equal(pair.First.ToBytes(), pair.Second.ToBytes()));
    }

    private static Checkpoint Of(params (string Name, long[] Shape, float[] Values)[] tensors) =>
        new(tensors.Select(tensor => CheckpointTensor.FromSingles(tensor.Name, tensor.Shape, tensor.Values)));
}
