using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class SongUNetTests
{
    private static readonly SongUNetOptions Ddpmpp = new()
    {
        Resolution = 16,
        Channels = 3,
        ModelChannels = 32,
        ChannelMult = [1, 2],
        NumBlocks = 1,
        AttnResolutions = [8],
        Dropout = 0,
        AugmentLabelCount = 9,
        LabelCount = 10,
    };

    private static readonly SongUNetOptions Ncsnpp = Ddpmpp with
    {
        EmbeddingType = SongUNetEmbedding.Fourier,
        EncoderType = SongUNetEncoder.Residual,
        ChannelMultNoise = 2,
        ResampleFilter = [1, 3, 3, 1],
    };

    [Fact]
    public void Fresh_weights_fill_every_parameter_with_finite_values_of_the_right_scale()
    {
        foreach (SongUNetOptions options in (SongUNetOptions[])[Ddpmpp, Ncsnpp])
        {
            using var network = new SongUNet(options);
            using (no_grad())
            {
                foreach (Tensor tensor in network.state_dict().Values)
                {
                    tensor.fill_(float.NaN);
                }
            }

            FreshWeights.Draw(network, 7);
            foreach ((string name, Tensor tensor) in network.state_dict())
            {
                Assert.True(tensor.isfinite().all().item<bool>(), name);
                AssertScale(name, tensor);
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_weights_and_another_seed_others()
    {
        using SongUNet first = Drawn(Ncsnpp, 1), again = Drawn(Ncsnpp, 1), other = Drawn(Ncsnpp, 2);
        Assert.All(
            first.state_dict().Zip(again.state_dict()),
            pair => Assert.True(pair.First.Value.eq(pair.Second.Value).all().item<bool>(), pair.First.Key));
        Assert.False(first.state_dict()["map_layer0.weight"].eq(other.state_dict()["map_layer0.weight"]).all().item<bool>());
        Assert.False(first.state_dict()["map_noise.freqs"].eq(other.state_dict()["map_noise.freqs"]).all().item<bool>());
    }

    [Fact]
    public void One_level_for_all_images_gives_what_the_same_level_for_each_gives()
    {
        using var noGradient = no_grad();
        foreach (SongUNetOptions options in (SongUNetOptions[])[Ddpmpp, Ncsnpp])
        {
            using SongUNet network = Drawn(options, 3);
            network.eval();
            using var generator = new Generator(5);
            Tensor images = randn([4, 3, 16, 16], generator: generator);
            Tensor each = network.Forward(images, full(4, 0.3f));
            Tensor once = network.Forward(images, full(1, 0.3f));
            Assert.True((each - once).abs().max().item<float>() <= 1e-6f * each.abs().max().item<float>());
        }
    }

    [Fact]
    public void The_fast_path_gives_what_the_plain_path_gives()
    {
        // With gradient nothing is computed in place, and a level per image costs the passes that one level saves.
        foreach (SongUNetOptions options in (SongUNetOptions[])[Ddpmpp, Ncsnpp])
        {
            using SongUNet network = Drawn(options, 3);
            using var generator = new Generator(5);
            using (no_grad())
            {
                foreach (var parameter in network.parameters().Where(parameter => parameter.dim() >= 2))
                {
                    double fanIn = (double)parameter.numel() / parameter.shape[0];
                    parameter.copy_(randn(parameter.shape, generator: generator) * Math.Sqrt(1 / fanIn));
                }
            }

            network.eval();
            Tensor images = randn([4, 3, 16, 16], generator: generator);
            Tensor plain = network.Forward(images, full(4, 0.3f)).detach();
            using IDisposable inference = inference_mode();
            Tensor fast = network.Forward(images, full(1, 0.3f));
            Assert.True((plain - fast).abs().max().item<float>() <= 1e-5f * plain.abs().max().item<float>());
        }
    }

    [Fact]
    public void Patches_fold_into_channels_and_back()
    {
        using var noGradient = no_grad();
        var options = new SongUNetOptions
        {
            Resolution = 28, Channels = 1, ModelChannels = 16, ChannelMult = [1, 2], NumBlocks = 1, AttnResolutions = [7], Patch = 2,
        };
        using SongUNet network = Drawn(options, 3);
        network.eval();
        Assert.Equal([16, 4, 3, 3], network.state_dict()["enc.14x14_conv.weight"].shape);
        using Tensor output = network.Forward(zeros(2, 1, 28, 28), full(1, 0.1f));
        Assert.Equal([2, 1, 28, 28], output.shape);
    }

    [Fact]
    public void Each_image_depends_on_itself_alone()
    {
        using var noGradient = no_grad();
        using SongUNet network = Drawn(Ddpmpp, 3);
        network.eval();
        using var generator = new Generator(5);
        Tensor images = randn([4, 3, 16, 16], generator: generator);
        Tensor before = network.Forward(images, full(1, 0.3f));
        images[1].fill_(9);
        Tensor after = network.Forward(images, full(1, 0.3f));
        Assert.True(before[0].eq(after[0]).all().item<bool>());
        Assert.False(before[1].eq(after[1]).all().item<bool>());
    }

    [Fact]
    public void A_forward_pass_leaves_only_its_result_alive()
    {
        using var noGradient = no_grad();
        using SongUNet network = Drawn(Ncsnpp, 3);
        network.eval();
        using Tensor images = zeros(2, 3, 16, 16), noise = full(1, 0.3f);
        network.Forward(images, noise).Dispose();
        long before = LiveTensors;
        using Tensor output = network.Forward(images, noise);
        Assert.Equal(before + 1, LiveTensors);
    }

    [Fact]
    public void A_network_computes_in_the_type_that_it_is_converted_to()
    {
        using var noGradient = no_grad();
        foreach (SongUNetOptions options in (SongUNetOptions[])[Ddpmpp, Ncsnpp])
        {
            using SongUNet network = Drawn(options, 3);
            network.eval();
            using Tensor images = ones(2, 3, 16, 16), noise = full(1, 0.3f);
            using Tensor single = network.Forward(images, noise);
            network.to(ScalarType.Float64);
            using Tensor output = network.Forward(images.to(ScalarType.Float64), noise);
            Assert.Equal(ScalarType.Float64, output.dtype);
            Assert.True((output - single).abs().max().item<double>() < 1e-5);
            network.to(ScalarType.BFloat16);
            Assert.Equal(ScalarType.BFloat16, network.Forward(images.to(ScalarType.BFloat16), noise).dtype);
        }
    }

    [Theory]
    [InlineData("""{"img_resolution":16,"img_channels":3,"model_chanels":32}""", "model_chanels")]
    [InlineData("""{"img_resolution":18,"img_channels":3}""", "img_resolution")]
    [InlineData("""{"img_channels":3}""", "img_resolution")]
    [InlineData("""{"img_resolution":16,"img_channels":3,"embedding_type":"other"}""", "embedding_type")]
    [InlineData("""[1]""", "SongUNet")]
    [InlineData("""{"img_resolution":""", "SongUNet")]
    public void Impossible_arguments_are_refused_by_name(string arguments, string named)
    {
        var exception = Assert.Throws<CertiPureException>(
            () => Architecture.Named("SongUNet").Create<DiffusionNetwork>(arguments));
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_written_as_json_are_read_back()
    {
        string json = ArchitectureArguments.Write(Ncsnpp);
        using var network = Architecture.Named("songunet").Create<DiffusionNetwork>(json);
        using var direct = new SongUNet(Ncsnpp);
        Assert.Equal(direct.state_dict().Keys, network.state_dict().Keys);
    }

    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static SongUNet Drawn(SongUNetOptions options, ulong seed)
    {
        var network = new SongUNet(options);
        FreshWeights.Draw(network, seed);
        return network;
    }

    private static void AssertScale(string name, Tensor tensor)
    {
        float largest = tensor.abs().max().item<float>();
        if (name.EndsWith("bias", StringComparison.Ordinal))
        {
            Assert.Equal(0, largest);
        }
        else if (name.EndsWith("freqs", StringComparison.Ordinal))
        {
            Assert.InRange(largest, 16, 16 * 5);
        }
        else if (tensor.dim() == 1)
        {
            Assert.True(tensor.eq(1).all().item<bool>(), name);
        }
        else
        {
            long area = tensor.dim() == 4 ? tensor.shape[2] * tensor.shape[3] : 1;
            double bound = Math.Sqrt(6.0 / ((tensor.shape[0] + tensor.shape[1]) * area));
            bool last = name.Contains("conv1", StringComparison.Ordinal) || name.Contains("proj", StringComparison.Ordinal)
                || name.Contains("aux_conv", StringComparison.Ordinal);
            double scale = last ? 1e-5 : name.Contains("qkv", StringComparison.Ordinal) ? Math.Sqrt(0.2) : 1;
            Assert.InRange(largest, 0.9 * bound * scale, 1.0001 * bound * scale);
        }
    }
}
