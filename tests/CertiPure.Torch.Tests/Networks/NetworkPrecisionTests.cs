using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class NetworkPrecisionTests
{
    // CUDA's group and layer normalisation refuse 32-bit parameters beside bfloat16 activations; its batch normalisation takes them.
    [Theory]
    [InlineData(DeviceType.CPU, ScalarType.Float32)]
    [InlineData(DeviceType.CUDA, ScalarType.BFloat16)]
    public void Group_and_layer_normalisation_keep_32_bits_only_where_the_device_mixes_formats(DeviceType device, ScalarType expected)
    {
        nn.Module[] layers =
            [nn.GroupNorm(2, 4), new GroupNormLayer(4, 1e-5), nn.LayerNorm(4), nn.BatchNorm1d(4), nn.BatchNorm2d(4), nn.Linear(4, 4)];
        using var network = new NamedLayers();
        for (int i = 0; i < layers.Length; i++)
        {
            network.Add($"{i}", layers[i]);
        }

        NetworkPrecision.Convert(network, Precision.Bf16, device);

        foreach (nn.Module layer in layers)
        {
            ScalarType type = layer switch
            {
                BatchNorm1d or BatchNorm2d => ScalarType.Float32,
                Linear => ScalarType.BFloat16,
                _ => expected,
            };
            Assert.All(layer.parameters(), parameter => Assert.Equal(type, parameter.dtype));
        }
    }

    [Theory]
    [InlineData(DeviceType.CPU)]
    [InlineData(DeviceType.CUDA)]
    public void What_is_kept_is_not_rounded_on_the_way(DeviceType device)
    {
        using var frequencies = new FourierEmbedding(8);
        FreshWeights.Draw(frequencies, 3);
        Tensor before = frequencies.named_buffers().Single().buffer.clone();

        NetworkPrecision.Convert(frequencies, Precision.Bf16, device);

        Tensor after = frequencies.named_buffers().Single().buffer;
        Assert.Equal(ScalarType.Float32, after.dtype);
        Assert.True(after.eq(before).all().item<bool>());
        Assert.False(after.eq(after.to(ScalarType.BFloat16).to(ScalarType.Float32)).all().item<bool>());
    }

    // What a GPU computes with can be computed here too: group normalisation whose scale and shift come from the noise level included.
    [Fact]
    public void A_network_converted_for_a_gpu_computes()
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = Architecture.Named("DhariwalUNet").Create<DiffusionNetwork>(
            """{"img_resolution":8,"img_channels":3,"model_channels":64,"channel_mult":[1],"num_blocks":1,"attn_resolutions":[8]}""");
        FreshWeights.Draw(network, 1);
        NetworkPrecision.Convert(network, Precision.Bf16, DeviceType.CUDA);
        Assert.All(network.parameters(), parameter => Assert.Equal(ScalarType.BFloat16, parameter.dtype));
        using IDisposable inference = inference_mode();
        Tensor output = network.Forward(ones([2, 3, 8, 8], ScalarType.BFloat16), ones(1));
        Assert.Equal(ScalarType.BFloat16, output.dtype);
        Assert.True(output.isfinite().all().item<bool>());
    }
}
