using System.Globalization;
using System.Text.Json;
using CertiPure.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

/// <summary>Pins the names and shapes of every full-size network's tensors, as one readable file each: they are the interface
/// to published checkpoints. Networks are built on the device <c>meta</c>, without memory for weights.</summary>
[Collection(nameof(AloneTests))]
public sealed class ArchitectureShapeTests
{
    [Theory]
    [InlineData("alexnet", "AlexNet", "{}")]
    [InlineData("resnet20-cifar10", "CifarResNet", """{"depth":20}""")]
    [InlineData("resnet56-cifar10", "CifarResNet", """{"depth":56}""")]
    [InlineData("consistency-imagenet64", "ConsistencyUNet", """
        {"image_size":64,"num_channels":192,"num_res_blocks":3,"attention_resolutions":[32,16,8],"num_head_channels":64,
         "num_classes":1000,"resblock_updown":true}
        """)]
    [InlineData("edm-adm-imagenet64", "DhariwalUNet", """{"img_resolution":64,"img_channels":3,"label_dim":1000}""")]
    [InlineData("edm-ddpmpp-cifar10", "SongUNet", """
        {"img_resolution":32,"img_channels":3,"augment_dim":9,"channel_mult":[2,2,2]}
        """)]
    [InlineData("edm-ncsnpp-cifar10", "SongUNet", """
        {"img_resolution":32,"img_channels":3,"augment_dim":9,"channel_mult":[2,2,2],"embedding_type":"fourier",
         "encoder_type":"residual","channel_mult_noise":2,"resample_filter":[1,3,3,1]}
        """)]
    [InlineData("ddpm-cifar10", "ImprovedDiffusionUNet", """
        {"image_size":32,"num_channels":128,"num_res_blocks":3,"attention_resolutions":[16,8],"out_channels":6}
        """)]
    [InlineData("ddpm-cifar10-diffusers", "UNet2DModel", """
        {"sample_size":32,"block_out_channels":[128,256,256,256],"attention_head_dim":null,"norm_eps":1e-6,"downsample_padding":0,
         "down_block_types":["DownBlock2D","AttnDownBlock2D","DownBlock2D","DownBlock2D"],
         "up_block_types":["UpBlock2D","UpBlock2D","AttnUpBlock2D","UpBlock2D"],"freq_shift":1,"flip_sin_to_cos":false}
        """)]
    [InlineData("consistency-imagenet64-diffusers", "UNet2DModel", """
        {"sample_size":64,"block_out_channels":[192,384,576,768],"layers_per_block":3,"attention_head_dim":64,"num_class_embeds":1000,
         "down_block_types":["ResnetDownsampleBlock2D","AttnDownBlock2D","AttnDownBlock2D","AttnDownBlock2D"],
         "up_block_types":["AttnUpBlock2D","AttnUpBlock2D","AttnUpBlock2D","ResnetUpsampleBlock2D"],"downsample_type":"resnet",
         "upsample_type":"resnet","resnet_time_scale_shift":"scale_shift","attn_norm_num_groups":32,"time_scale":1000}
        """)]
    [InlineData("guided-diffusion-64", "GuidedDiffusionUNet", """
        {"image_size":64,"num_channels":192,"num_res_blocks":3,"attention_resolutions":[32,16,8],"num_head_channels":64,
         "num_classes":1000,"resblock_updown":true,"use_new_attention_order":true,"out_channels":6}
        """)]
    [InlineData("guided-diffusion-128", "GuidedDiffusionUNet", """
        {"image_size":128,"num_channels":256,"num_res_blocks":2,"attention_resolutions":[32,16,8],"num_heads":4,
         "num_classes":1000,"resblock_updown":true,"out_channels":6}
        """)]
    [InlineData("guided-diffusion-256", "GuidedDiffusionUNet", """
        {"image_size":256,"num_channels":256,"num_res_blocks":2,"attention_resolutions":[32,16,8],"num_head_channels":64,
         "resblock_updown":true,"out_channels":6}
        """)]
    [InlineData("guided-diffusion-512", "GuidedDiffusionUNet", """
        {"image_size":512,"num_channels":256,"num_res_blocks":2,"attention_resolutions":[32,16,8],"num_head_channels":64,
         "num_classes":1000,"resblock_updown":true,"out_channels":6}
        """)]
    [InlineData("inception-fid", "InceptionV3", "{}")]
    [InlineData("resnet110-cifar10", "ResNet110", "{}")]
    [InlineData("resnet50", "ResNet50", "{}")]
    [InlineData("resnet18", "ResNet", """{"depth":18}""")]
    [InlineData("resnet34", "ResNet", """{"depth":34}""")]
    [InlineData("resnet101", "ResNet", """{"depth":101}""")]
    [InlineData("resnet152", "ResNet", """{"depth":152}""")]
    [InlineData("wide-resnet50-2", "ResNet", """{"depth":50,"width_per_group":128}""")]
    [InlineData("wide-resnet101-2", "ResNet", """{"depth":101,"width_per_group":128}""")]
    [InlineData("resnet18-kuangliu-cifar10", "ResNet", """{"depth":18,"small_images":true,"num_classes":10}""")]
    [InlineData("vit-b-16", "VisionTransformer", "{}")]
    [InlineData("squeezenet1_1", "SqueezeNet", "{}")]
    [InlineData("vgg16", "Vgg16", "{}")]
    [InlineData("vit-b-16-cifar10", "VisionTransformer", """{"num_labels":10}""")]
    [InlineData("wideresnet-28-10-cifar10", "WideResNet", "{}")]
    public void Names_and_shapes_are_as_approved(string file, string architecture, string arguments)
    {
        string[] shapes = Shapes(architecture, arguments);
        string approved = Path.Combine(ApprovedFolder(AppContext.BaseDirectory), $"{file}.approved.txt");
        if (Environment.GetEnvironmentVariable("CERTIPURE_APPROVE") == "1")
        {
            File.WriteAllLines(approved, shapes);
        }

        Assert.Equal(File.ReadAllLines(approved), shapes);
    }

    private static string[] Shapes(string architecture, string arguments)
    {
        Device usual = get_default_device();
        set_default_device(new Device(DeviceType.META));
        try
        {
            using var network = Architecture.Named(architecture).Create<nn.Module>(arguments);
            Dictionary<string, Tensor> state = network.state_dict();
            AssertSizeIsToldBefore(architecture, arguments, state.Values.Sum(tensor => tensor.numel()));
            string total = state.Values.Where(tensor => tensor.is_floating_point()).Sum(tensor => tensor.numel())
                .ToString("N0", CultureInfo.InvariantCulture);
            return
            [
                $"{architecture}: {state.Count} tensors, {total} floating-point numbers",
                .. state.Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value.shape)}]"),
            ];
        }
        finally
        {
            set_default_device(usual);
        }
    }

    /// <summary>What the arguments tell is never too much, or a sound checkpoint would be refused, and not far too little.</summary>
    private static void AssertSizeIsToldBefore(string architecture, string arguments, long weights)
    {
        using JsonDocument document = JsonDocument.Parse(arguments);
        double least = Architecture.Named(architecture).LeastWeights(document.RootElement);
        bool isOfOneSize = architecture is "AlexNet" or "InceptionV3" or "ResNet50" or "SqueezeNet" or "Vgg16";
        Assert.InRange(least, isOfOneSize ? 0 : weights / 10.0, weights);
    }

    /// <summary>In the sources, so that an approval is a change to commit. The compiler's own path of this file would not do:
    /// a deterministic build replaces it.</summary>
    private static string ApprovedFolder(string folder) => File.Exists(Path.Combine(folder, "CertiPure.slnx"))
        ? Path.Combine(folder, "tests", "CertiPure.Torch.Tests", "Networks", "Approved")
        : ApprovedFolder(Path.GetDirectoryName(folder)!);
}
