using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints.HuggingFace;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public HuggingFaceFolderTests() => folder.Write("config.json", """{"model_type": "vit", "num_attention_heads": 3}"""u8);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_with_safetensors_is_read_with_its_configuration()
    {
        WriteSafeTensors("model.safetensors", "a");
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Path);
        Assert.Equal(CheckpointFormat.HuggingFace, checkpoint.Format);
        Assert.Equal("a", Assert.Single(checkpoint.Tensors).Name);
        Assert.Contains("\"vit\"", checkpoint.Metadata["config"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_a_PyTorch_file_is_read()
    {
        folder.Write("pytorch_model.bin", TorchFile.Zip(new Python.Dictionary(("w", Python.Floats("0", 3))), ("0", TorchFile.Counting(3))));
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Path);
        Assert.Equal([0f, 1, 2], checkpoint["w"].ToSingles());
    }

    [Fact]
    public void Several_files_are_joined_and_hashed_together()
    {
        WriteSafeTensors("model-1-of-2.safetensors", "a");
        WriteSafeTensors("model-2-of-2.safetensors", "b");
        WriteIndex("""{"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}""");
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Path);
        Assert.Equal(["a", "b"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(64, checkpoint.Sha256().Length);
        using Checkpoint first = CheckpointReader.Open(folder["model-1-of-2.safetensors"]);
        Assert.NotEqual(first.Sha256(), checkpoint.Sha256());
    }

    [Theory]
    [InlineData("../secret.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("sub/model.safetensors")]
    [InlineData("..\\\\secret")]
    [InlineData("")]
    public void An_index_that_leaves_the_folder_is_refused(string file)
    {
        WriteIndex($$$"""{"weight_map": {"a": "{{{file}}}"}}""");
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, "which is not a file of this folder");
    }

    [Theory]
    [InlineData("{", "not valid JSON text")]
    [InlineData("[]", "it has no object 'weight_map'")]
    [InlineData("""{"weight_map": 1}""", "it has no object 'weight_map'")]
    [InlineData("""{"weight_map": {}}""", "its 'weight_map' is empty")]
    [InlineData("""{"weight_map": {"a": 1}}""", "not a file of this folder")]
    [InlineData("""{"weight_map": {"a": "gone.safetensors"}}""", "there is no such file")]
    public void A_malformed_index_is_refused(string index, string words)
    {
        WriteIndex(index);
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, words);
    }

    [Fact]
    public void A_tensor_in_two_files_is_refused()
    {
        WriteSafeTensors("1.safetensors", "a");
        WriteSafeTensors("2.safetensors", "a");
        WriteIndex("""{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}""");
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, "'a' is in more than one of its files");
    }

    [Fact]
    public void A_folder_without_configuration_or_weights_is_refused()
    {
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, "it holds none of model.safetensors, pytorch_model.bin");
        File.Delete(folder["config.json"]);
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, "it is a folder without the file config.json");
        folder.Write("config.json", "nonsense"u8);
        Refusal.Of(() => CheckpointReader.Open(folder.Path), folder.Path, "not valid JSON text");
    }

    private void WriteSafeTensors(string file, string tensor) =>
        SafeTensors.Write(folder[file], new Checkpoint([CheckpointTensor.FromSingles(tensor, [1], [1f])]));

    private void WriteIndex(string json) => File.WriteAllText(folder["model.safetensors.index.json"], json);
}
