using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Tests.Fixtures;

namespace CertiPure.Torch.Tests.Checkpoints.Recognition;

public sealed class CheckpointArchitectureTests
{
    // What a recognised network says of itself, by the reference that a fixture names.
    private static readonly (string Reference, string Description)[] Expected =
    [
        ("NVlabs/edm", "EDM's "),
        ("openai/consistency_models@", "the UNet of OpenAI's consistency models"),
        ("openai/consistency_models_cifar10", "NCSN++ in Flax's names"),
        ("improved-diffusion UNet", "improved diffusion's UNet"),
        ("openai/guided-diffusion", "guided diffusion's UNet"),
        ("huggingface/diffusers", "a UNet of diffusers"),
        ("locuslab/smoothing", "a CIFAR ResNet-110 as in locuslab/smoothing"),
        ("torchvision 0.14 resnet50", "torchvision's ResNet-50"),
        ("torchvision 0.14 resnet18", "torchvision's ResNet-18"),
        ("torchvision 0.14 resnet34", "torchvision's ResNet-34"),
        ("torchvision 0.14 resnet101", "torchvision's ResNet-101"),
        ("torchvision 0.14 wide_resnet50_2", "torchvision's wide ResNet-50"),
        ("torchvision 0.14 vit_b_16", "a ViT in torchvision's names, patches of 16, 224x224, 768 channels"),
        ("timm vit_base_patch16_224", "a ViT in timm's names, patches of 16, 224x224, 768 channels"),
        ("kuangliu/pytorch-cifar models/resnet.py ResNet18", "kuangliu's CIFAR ResNet-18"),
        ("kuangliu/pytorch-cifar models/resnet.py ResNet50", "kuangliu's CIFAR ResNet-50"),
        ("RobustBench", "a WideResNet-28-10"),
        ("torchvision 0.14 squeezenet1_1", "torchvision's SqueezeNet 1.1"),
        ("mseitzer/pytorch-fid", "pytorch-fid's Inception-v3"),
        ("Hugging Face ViT", "a ViT in Hugging Face's names"),
    ];

    [Fact]
    public void Every_fixture_is_recognised_by_its_names_and_its_arguments_by_its_shapes()
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_FIXTURES names no folder of fixtures.");
        int compared = 0;
        foreach (string folder in Directory.GetDirectories(root!).Order(StringComparer.Ordinal))
        {
            using var fixture = new Fixture(folder);
            string? description = Expected
                .Where(expected => fixture.Reference.StartsWith(expected.Reference, StringComparison.Ordinal)
                    || fixture.Reference.Contains(" " + expected.Reference, StringComparison.Ordinal))
                .Select(expected => expected.Description)
                .FirstOrDefault();
            if (description is null)
            {
                continue;
            }

            using Checkpoint shapes = fixture.EmptyWeights();
            RecognisedNetwork? recognised = CheckpointArchitecture.Recognise(shapes);
            Assert.True(recognised is not null, $"{fixture.Name} is not recognised");
            Assert.StartsWith(description, recognised.Description, StringComparison.Ordinal);
            compared += CompareArguments(fixture, recognised);
        }

        Assert.True(compared > 0, $"No arguments were compared in {root}.");
    }

    [Fact]
    public void A_cifar_resnet_tells_its_depth_classes_and_usual_pixels()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(TestData.Path("classifiers", "resnet44-014dd654.th"));
        RecognisedNetwork network = CheckpointArchitecture.Recognise(checkpoint)!;
        Assert.Equal("CifarResNet", network.Architecture);
        using JsonDocument arguments = JsonDocument.Parse(network.Arguments!);
        Assert.Equal(44, arguments.RootElement.GetProperty("depth").GetInt32());
        Assert.Equal(10, arguments.RootElement.GetProperty("num_classes").GetInt32());
        Assert.Equal("3x32x32", network.Metadata["shape"]);
        Assert.Equal("0.485,0.456,0.406", network.Metadata["mean"]);
    }

    [Theory]
    [InlineData(nameof(CifarResNet), """{"depth":20}""")]
    [InlineData(nameof(ResNet110), """{"depth":20,"num_classes":7}""")]
    [InlineData(nameof(ResNet), """{"num_classes":12}""")]
    [InlineData(nameof(ResNet), """{"depth":18,"num_classes":12}""")]
    [InlineData(nameof(ResNet), """{"depth":152,"num_classes":3}""")]
    [InlineData(nameof(ResNet), """{"depth":101,"width_per_group":128,"num_classes":3}""")]
    [InlineData(nameof(WideResNet), """{"depth":16,"widen_factor":2,"num_classes":5}""")]
    [InlineData(nameof(VisionTransformer), """{"num_labels":3,"image_size":32,"patch_size":8,"hidden_size":128,"num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":64}""")]
    public void A_classifier_that_is_built_from_what_its_tensors_tell_takes_them(string architecture, string arguments)
    {
        using var network = Architecture.Named(architecture).Create<TorchSharp.torch.nn.Module>(arguments);
        Checkpoint checkpoint = ModuleState.Capture(network);
        RecognisedNetwork recognised = CheckpointArchitecture.Recognise(checkpoint)!;
        Assert.Equal(architecture, recognised.Architecture);
        using var rebuilt = Architecture.Named(architecture).Create<TorchSharp.torch.nn.Module>(recognised.Arguments!);
        CheckpointLoader.Load(rebuilt, checkpoint);
    }

    [Fact]
    public void A_file_that_says_what_it_is_is_believed()
    {
        var checkpoint = new Checkpoint(
            [CheckpointTensor.FromSingles("w", [1], [1])],
            new Dictionary<string, string> { ["architecture"] = "SongUNet", ["arguments"] = "{}" });
        RecognisedNetwork network = CheckpointArchitecture.Recognise(checkpoint)!;
        Assert.Equal(("SongUNet", "{}"), (network.Architecture, network.Arguments));
    }

    [Fact]
    public void An_EDM_network_without_a_block_is_not_recognised() =>
        Assert.Null(CheckpointArchitecture.Recognise(new Checkpoint(
            ((string[])["map_layer0.weight", "map_layer1.weight", "enc.8x8_conv.weight"]).Select(
                name => CheckpointTensor.OfShape(name, ElementType.Float32, [4, 3, 3, 3])))));

    [Fact]
    public void Tensors_of_nothing_known_are_not_recognised() =>
        Assert.Null(CheckpointArchitecture.Recognise(new Checkpoint([CheckpointTensor.FromSingles("w", [1], [1])])));

    // The reference's arguments that the architecture has under the same name must be the inferred ones. Dropout and the division into
    // heads leave no trace in shapes; OpenAI's channel_mult is mostly left empty there; Flax has arguments of its own.
    private static int CompareArguments(Fixture fixture, RecognisedNetwork recognised)
    {
        if (recognised.Arguments is null || recognised.Description.Contains("Flax", StringComparison.Ordinal)
            || recognised.Architecture is null or nameof(VisionTransformer) or nameof(ResNet110) or nameof(ResNet) or nameof(WideResNet))
        {
            return 0;
        }

        using JsonDocument inferred = JsonDocument.Parse(recognised.Arguments);
        int compared = 0;
        foreach (JsonProperty argument in fixture.Arguments.EnumerateObject())
        {
            if (argument.Name is not ("dropout" or "num_heads" or "num_head_channels") && argument.Value.ToString().Length > 0
                && inferred.RootElement.TryGetProperty(argument.Name, out JsonElement value))
            {
                string expected = string.Concat(argument.Value.ToString().Trim('[', ']').Where(c => !char.IsWhiteSpace(c)));
                string actual = value.ToString().Trim('[', ']');
                Assert.True(
                    string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase), $"{fixture.Name}: {argument.Name} is {expected}, inferred {actual}");
                compared++;
            }
        }

        Assert.True(compared >= 4, $"{fixture.Name}: only {compared} arguments were compared");
        return compared;
    }
}
