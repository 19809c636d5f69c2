using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class OpenAiUNetTests
{
    private static readonly OpenAiUNetOptions Options = new()
    {
        ImageSize = 16,
        ModelChannels = 32,
        ResidualBlocks = 1,
        ChannelMultipliers = [1, 2],
        AttentionResolutions = [8],
        Classes = 10,
    };

    [Fact]
    public void A_conditional_network_wants_labels_and_an_unconditional_one_refuses_them()
    {
        using DisposeScope scope = NewDisposeScope();
        using var conditional = new ConsistencyUNet(Options);
        using var unconditional = new ConsistencyUNet(Options with { Classes = 0 });
        Tensor images = zeros(2, 3, 16, 16), noise = zeros(2), labels = nn.functional.one_hot(arange(2), 10);
        Assert.Throws<ArgumentException>(() => conditional.Forward(images, noise));
        Assert.Throws<ArgumentException>(() => unconditional.Forward(images, noise, labels));
        Assert.Equal([2, 3, 16, 16], conditional.Forward(images, noise, labels).shape);
        Assert.Equal([2, 3, 16, 16], unconditional.Forward(images, noise).shape);
    }

    [Fact]
    public void The_learnt_variance_is_left_out()
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new ImprovedDiffusionUNet(Options with { Classes = 0, OutputChannels = 6 });
        Assert.Equal([1, 3, 16, 16], network.Forward(zeros(1, 3, 16, 16), zeros(1)).shape);
    }

    [Fact]
    public void One_time_for_all_images_gives_what_the_same_time_for_each_gives()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using ConsistencyUNet network = Filled();
        using var generator = new Generator(5);
        Tensor images = randn([4, 3, 16, 16], generator: generator);
        Tensor each = network.Forward(images, full(4, 0.3f));
        Tensor once = network.Forward(images, full(1, 0.3f));
        Assert.True(each.abs().max().item<float>() > 1e-2);
        Assert.True((each - once).abs().max().item<float>() <= 1e-5f * each.abs().max().item<float>());
    }

    [Fact]
    public void An_image_size_without_published_multipliers_needs_them_given()
    {
        Assert.Throws<ArgumentException>(() => new ConsistencyUNet(Options with { ImageSize = 48, ChannelMultipliers = [] }));
        using var given = new ConsistencyUNet(Options with { ImageSize = 48, AttentionResolutions = [24] });
        Assert.Equal(48, given.Shape.Height);
    }

    // Fresh networks end in zeros, and would make any two outputs equal.
    private static ConsistencyUNet Filled()
    {
        var network = new ConsistencyUNet(Options with { Classes = 0 });
        using var generator = new Generator(9);
        foreach (Tensor parameter in network.parameters())
        {
            parameter.add_(randn(parameter.shape, generator: generator) * 0.05);
        }

        network.eval();
        return network;
    }
}
