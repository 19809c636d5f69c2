using System.Text;
using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Purifiers;

/// <summary>Files of a kilobyte whose metadata describe a network that no memory holds.</summary>
public sealed class HostileArgumentsTests : IDisposable
{
    private const string UNet = "\"img_resolution\":32,\"img_channels\":3";
    private const string OpenAi = "\"image_size\":32,\"attention_resolutions\":[]";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SongUNet", UNet + ",\"model_channels\":65536")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":2147483647")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":2000000000,\"label_dim\":-2147483648,\"channel_mult_noise\":65536")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":1,\"channel_mult\":[65536]")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":1,\"channel_mult_emb\":65536")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":1,\"channel_mult_noise\":1000000000")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":1,\"label_dim\":2000000000")]
    [InlineData("SongUNet", UNet + ",\"model_channels\":4,\"num_blocks\":1,\"augment_dim\":2000000000")]
    [InlineData("SongUNet", "\"img_resolution\":65536,\"img_channels\":3,\"patch\":32768,\"model_channels\":4,\"channel_mult\":[1]")]
    [InlineData("DhariwalUNet", UNet + ",\"model_channels\":0,\"num_blocks\":2147483647")]
    [InlineData("DhariwalUNet", UNet + ",\"label_dim\":2000000000")]
    [InlineData("ConsistencyUNet", OpenAi + ",\"num_channels\":65536,\"num_res_blocks\":1")]
    [InlineData("ConsistencyUNet", OpenAi + ",\"num_channels\":32,\"num_res_blocks\":2147483647")]
    [InlineData("ImprovedDiffusionUNet", OpenAi + ",\"num_channels\":32,\"num_res_blocks\":1,\"num_classes\":2000000000")]
    public void A_purifier_larger_than_its_file_is_refused_before_it_is_built(string architecture, string arguments)
    {
        byte[] file = Hostile(architecture, $"{{{arguments}}}");
        using Checkpoint checkpoint = CheckpointReader.Open("hostile file", file);
        Refusal.Of(() => PurifierCheckpoint.Load(checkpoint), "hostile file", $"does not fit {architecture} of its arguments");
        RefusedToConvert(file);
    }

    [Theory]
    [InlineData("CifarResNet", "\"depth\":2147483642")]
    [InlineData("CifarResNet", "\"depth\":8,\"width\":65536")]
    [InlineData("CifarResNet", "\"depth\":8,\"width\":4,\"patch\":65536")]
    [InlineData("CifarResNet", "\"depth\":8,\"width\":4,\"num_classes\":2000000000")]
    [InlineData("ResNet110", "\"depth\":2147483642")]
    [InlineData("ResNet50", "\"num_classes\":2000000000")]
    [InlineData("SqueezeNet", "\"num_classes\":2000000000")]
    [InlineData("WideResNet", "\"widen_factor\":65536")]
    [InlineData("WideResNet", "\"depth\":2147483644,\"widen_factor\":0")]
    [InlineData("VisionTransformer", "\"hidden_size\":65536")]
    [InlineData("VisionTransformer", "\"hidden_size\":8,\"intermediate_size\":2000000000")]
    [InlineData("VisionTransformer", "\"hidden_size\":0,\"num_hidden_layers\":2000000000")]
    [InlineData("VisionTransformer", "\"hidden_size\":8,\"num_hidden_layers\":1,\"intermediate_size\":8,\"image_size\":65536,\"patch_size\":1")]
    [InlineData("VisionTransformer", "\"hidden_size\":8,\"num_hidden_layers\":1,\"intermediate_size\":8,\"patch_size\":65536")]
    [InlineData("VisionTransformer", "\"hidden_size\":8,\"num_hidden_layers\":1,\"intermediate_size\":8,\"num_labels\":2000000000")]
    public void A_classifier_larger_than_its_file_is_refused_before_it_is_built(string architecture, string arguments)
    {
        byte[] file = Hostile(architecture, $"{{{arguments}}}");
        using Checkpoint checkpoint = CheckpointReader.Open("hostile file", file);
        Refusal.Of(() => ClassifierCheckpoint.Load(checkpoint), "hostile file", $"does not fit {architecture} of its arguments");
        RefusedToConvert(file);
    }

    [Theory]
    [InlineData("SongUNet", UNet + ",\"channel_mult\":null")]
    [InlineData("SongUNet", "\"img_resolution\":4,\"img_channels\":1,\"model_channels\":4,\"channel_mult\":[1],\"num_blocks\":1,\"resample_filter\":[]")]
    [InlineData("WideResNet", "\"depth\":10,\"widen_factor\":0,\"num_classes\":0")]
    public void Arguments_that_make_no_network_are_refused(string architecture, string arguments)
    {
        // With so many weights the size is not what is wrong.
        using Checkpoint checkpoint = CheckpointReader.Open("hostile file", Hostile(architecture, $"{{{arguments}}}", weights: 100_000));
        var refusal = Assert.Throws<CertiPureException>(() =>
            _ = architecture == "WideResNet" ? (object)ClassifierCheckpoint.Load(checkpoint) : PurifierCheckpoint.Load(checkpoint));
        Assert.Contains($"do not make a {architecture}", refusal.Message, StringComparison.Ordinal);
        Refusal.AssertOneSentence(refusal.Message);
    }

    [Fact]
    public void An_image_shape_that_no_memory_holds_is_refused()
    {
        var shape = new CertiPure.Images.ImageShape(4096, 4096, 4096);
        Dictionary<string, string> metadata = new(ClassifierCheckpoint.Metadata(
            "CifarResNet", """{"depth":8,"img_channels":1,"width":4}""", shape, new PixelNormalization([0], [1])));
        using var network = new CertiPure.Torch.Networks.Classifiers.CifarResNet(new() { Depth = 8, Channels = 1, Width = 4 });
        using Checkpoint checkpoint = ModuleState.Capture(network, metadata);
        Refusal.Of(() => ClassifierCheckpoint.Load(checkpoint), "in memory", "says shape = '4096x4096x4096'");
    }

    private static byte[] Hostile(string architecture, string arguments, int weights = 4)
    {
        var header = new Dictionary<string, object>
        {
            ["__metadata__"] = new Dictionary<string, string>
            {
                ["architecture"] = architecture,
                ["arguments"] = arguments,
                ["preconditioning"] = "edm",
                ["shape"] = "3x32x32",
                ["mean"] = "0,0,0",
                ["std"] = "1,1,1",
            },
            ["w"] = new { dtype = "U8", shape = new[] { weights }, data_offsets = new[] { 0, weights } },
        };
        return SafeTensorsFile.Of(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header)), new byte[weights]);
    }

    private void RefusedToConvert(byte[] file)
    {
        string path = _folder["hostile.safetensors"];
        File.WriteAllBytes(path, file);
        Refusal.Of(() => CheckpointConversion.Convert(path, _folder["out"]), path, "does not fit");
        Assert.False(File.Exists(_folder["out"]));
    }
}
