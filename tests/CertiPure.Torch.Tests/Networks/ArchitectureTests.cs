using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class ArchitectureTests
{
    /// <summary>For each architecture arguments that make it small, and the side of the images it is then fed.</summary>
    private static readonly Dictionary<string, (string Arguments, int Side)> Small = new()
    {
        ["AlexNet"] = ("""{"num_classes":0}""", 64),
        ["CifarResNet"] = ("""{"depth":8}""", 32),
        ["ConsistencyUNet"] = ("""
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],
             "num_head_channels":16,"num_classes":10,"resblock_updown":true}
            """, 16),
        ["DhariwalUNet"] = ("""
            {"img_resolution":16,"img_channels":3,"label_dim":10,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,
             "attn_resolutions":[8]}
            """, 16),
        ["GuidedDiffusionUNet"] = ("""
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"out_channels":6,
             "num_head_channels":16,"resblock_updown":true}
            """, 16),
        ["ImprovedDiffusionUNet"] = ("""
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"out_channels":6}
            """, 16),
        ["InceptionV3"] = ("{}", 32),
        ["ResNet"] = ("""{"depth":18,"num_classes":10}""", 64),
        ["ResNet110"] = ("""{"depth":8}""", 32),
        ["ResNet50"] = ("""{"num_classes":10}""", 64),
        ["SongUNet"] = ("""
            {"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}
            """, 16),
        ["SqueezeNet"] = ("""{"num_classes":10}""", 64),
        ["UNet2DModel"] = ("""
            {"sample_size":16,"block_out_channels":[32,64],"layers_per_block":1,"attention_head_dim":16,
             "down_block_types":["DownBlock2D","AttnDownBlock2D"],"up_block_types":["AttnUpBlock2D","UpBlock2D"]}
            """, 16),
        ["Vgg16"] = ("""{"num_classes":0}""", 32),
        ["VisionTransformer"] = ("""
            {"num_labels":10,"image_size":32,"patch_size":8,"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,
             "intermediate_size":64}
            """, 32),
        ["WideResNet"] = ("""{"depth":10,"widen_factor":1}""", 32),
    };

    public static TheoryData<string> Names => [.. Architecture.All.Select(architecture => architecture.Name)];

    [Fact]
    public void The_list_is_in_alphabetical_order() =>
        Assert.Equal(Architecture.All.Select(known => known.Name).Order(StringComparer.Ordinal), Architecture.All.Select(known => known.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Fresh_weights_are_finite_and_keep_activations_in_scale(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        (string arguments, int side) = Small[name];
        using var network = Architecture.Named(name).Create<nn.Module>(arguments);
        FillWithNaN(network);

        FreshWeights.Draw(network, 11);

        foreach ((string tensorName, Tensor tensor) in network.state_dict())
        {
            Assert.True(tensor.isfinite().all().item<bool>(), tensorName);
        }

        network.eval();
        using var noGradient = no_grad();
        using var generator = new Generator(3);
        Tensor output = Apply(network, randn([4, 3, side, side], generator: generator));
        Assert.True(output.isfinite().all().item<bool>());

        // A diffusion network starts at or near zero, so that D begins as c_skip y; anything else starts at about its input.
        double scale = output.square().mean().sqrt().item<float>();
        Assert.InRange(scale, network is DiffusionNetwork ? 0 : 1e-2, 1e2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_draws_the_same_weights(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var first = Architecture.Named(name).Create<nn.Module>(Small[name].Arguments);
        using var second = Architecture.Named(name).Create<nn.Module>(Small[name].Arguments);
        FreshWeights.Draw(first, 5);
        FreshWeights.Draw(second, 5);
        foreach ((string tensorName, Tensor tensor) in first.state_dict())
        {
            Assert.True(tensor.eq(second.state_dict()[tensorName]).all().item<bool>(), tensorName);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_arguments_never_tell_more_weights_than_the_network_has(string name)
    {
        using var network = Architecture.Named(name).Create<nn.Module>(Small[name].Arguments);
        using JsonDocument arguments = JsonDocument.Parse(Small[name].Arguments);
        Assert.InRange(
            Architecture.Named(name).LeastWeights(arguments.RootElement), 0, network.state_dict().Values.Sum(tensor => tensor.numel()));
        using Checkpoint weights = ModuleState.Capture(network);
        Architecture.Named(name).Create<nn.Module>(Small[name].Arguments, weights).Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_unknown_argument_is_refused_with_the_architectures_name(string name)
    {
        var refusal = Assert.Throws<CertiPureException>(
            () => Architecture.Named(name).Create<nn.Module>("""{"no_such_argument":1}"""));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    private static void FillWithNaN(nn.Module network)
    {
        using var noGradient = no_grad();
        foreach (Tensor tensor in network.state_dict().Values.Where(tensor => tensor.is_floating_point()))
        {
            tensor.fill_(float.NaN);
        }
    }

    private static Tensor Apply(nn.Module network, Tensor images) => network switch
    {
        DiffusionNetwork diffusion => diffusion.Forward(
            images, full(1, -0.3f), diffusion.LabelCount > 0 ? nn.functional.one_hot(arange(4), diffusion.LabelCount) : null),
        LayeredNetwork layered => layered.Features(images)[^1],
        nn.Module<Tensor, Tensor> classifier => classifier.call(images),
        _ => throw new ArgumentException($"{network.GetName()} is of no known kind.", nameof(network)),
    };
}
