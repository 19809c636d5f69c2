using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Fixtures;

namespace CertiPure.Torch.Tests.Checkpoints;

/// <summary>Files that PyTorch and Flax themselves wrote, read by these readers and compared with what they must hold.</summary>
public sealed class PublishedCheckpointTests
{
    [Fact]
    public void Weights_that_PyTorch_or_Flax_saved_beside_a_fixture_equal_the_formula()
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_FIXTURES names no folder of fixtures.");
        string[] files =
        [
            .. Directory.GetDirectories(root!).Order(StringComparer.Ordinal)
                .SelectMany(folder => Directory.GetFiles(folder, "weights.pt").Concat(Directory.GetFiles(folder, "checkpoint_*"))),
        ];
        Assert.SkipWhen(files.Length == 0, $"No fixture in {root} has saved weights.");
        foreach (string file in files)
        {
            using var fixture = new Fixture(Path.GetDirectoryName(file)!);
            using Checkpoint expected = fixture.Weights();
            using Checkpoint read = CheckpointReader.Open(file);
            foreach (CheckpointTensor tensor in expected.Tensors)
            {
                Assert.True(read.TryGet(tensor.Name, out CheckpointTensor? actual), $"{file} lacks {tensor.Name}");
                Assert.Equal(ElementType.Float32, actual.ElementType);
                Assert.Equal(tensor.Shape, actual.Shape);
                Assert.True(tensor.ToBytes().AsSpan().SequenceEqual(actual.ToBytes()), $"{file}: {tensor.Name} differs");
            }

            string[] besides = [.. read.Tensors.Select(tensor => tensor.Name).Where(name => !expected.TryGet(name, out _))];
            Assert.All(besides, name => Assert.EndsWith("resample_filter", name, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("resnet20-12fca82f.th", 271098)]
    [InlineData("resnet32-d509ac18.th", 466426)]
    [InlineData("resnet44-014dd654.th", 661754)]
    [InlineData("resnet56-4bfd9763.th", 857082)]
    public void Published_classifiers_are_read_from_the_legacy_format_without_their_wrappers(string file, long elements)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(TestData.Path("classifiers", file));
        Assert.Equal(CheckpointFormat.PyTorchLegacy, checkpoint.Format);
        Assert.Equal("state_dict", checkpoint.Section);
        Assert.Equal([16L, 3, 3, 3], checkpoint["conv1.weight"].Shape);
        Assert.Equal([10L, 64], checkpoint["linear.weight"].Shape);
        Assert.Equal(elements, checkpoint.ElementCount);
    }

    [Theory]
    [InlineData("lin_alex.pth", 5)]
    [InlineData("lin_squeeze.pth", 7)]
    [InlineData("lin_vgg.pth", 5)]
    public void Heads_that_were_saved_on_a_CUDA_device_are_read(string file, int layers)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(TestData.Path("lpips", file));
        Assert.Equal(layers, checkpoint.Tensors.Count);
        Assert.All(checkpoint.Tensors, tensor => Assert.All(tensor.ToSingles(), value => Assert.InRange(value, 0f, 10f)));
    }

    [Fact]
    public void A_TorchScript_program_is_refused_with_what_to_do()
    {
        string path = TestData.Path("classifiers", "resnet20-cifar10.torchscript.pt");
        Refusal.Of(() => CheckpointReader.Open(path), path, "it is a TorchScript program, not a state dict");
    }

    [Fact]
    public void An_ONNX_network_is_refused_as_what_it_is()
    {
        string path = TestData.Path("classifiers", "resnet20-cifar10.onnx");
        Refusal.Of(() => CheckpointReader.Open(path), path, "it is an ONNX model");
    }
}
