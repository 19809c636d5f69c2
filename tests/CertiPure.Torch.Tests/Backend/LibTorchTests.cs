using CertiPure.Torch.Backend;
using TorchSharp;

namespace CertiPure.Torch.Tests.Backend;

public sealed class LibTorchTests
{
    [Fact]
    public void After_loading_a_tensor_can_be_computed()
    {
        using torch.Tensor product = torch.ones(2, 3).matmul(torch.ones(3, 4));
        Assert.Equal(3f, product[1, 2].item<float>());
    }

    [Fact]
    public void The_description_names_every_loaded_file_with_its_reason()
    {
        LibTorchDescription description = LibTorch.Describe();
        Assert.True(description.Loaded, description.Failure?.Message);
        Assert.Null(description.Failure);
        Assert.Contains(description.Files, file => Path.GetFileName(file.Path).Contains("torch_cpu", StringComparison.Ordinal));
        Assert.Contains(description.Files, file => Path.GetFileName(file.Path).Contains("LibTorchSharp", StringComparison.Ordinal));
        Assert.All(description.Files, file => Assert.True(File.Exists(file.Path), file.Path));
        Assert.All(description.Files, file => Assert.NotEmpty(file.Reason));
        Assert.StartsWith("2.10", description.Version, StringComparison.Ordinal);
        Assert.True(description.Threads >= 1);
        Assert.NotEmpty(description.Capability);
    }

    [Fact]
    public void No_output_folder_holds_libtorch()
    {
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "*torch_cpu*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_thread_count_below_one_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LibTorch.Threads = 0);
    }
}
