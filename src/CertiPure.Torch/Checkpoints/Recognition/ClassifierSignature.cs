using System.Text.Json;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises classifiers. What they do to pixels first is not in the file; it is taken as the family is published, and whoever
/// converts may say otherwise.</summary>
internal static class ClassifierSignature
{
    private static readonly (string Mean, string Deviation) ImageNet = ("0.485,0.456,0.406", "0.229,0.224,0.225");
    private static readonly (string Mean, string Deviation) Cifar10 = ("0.4914,0.4822,0.4465", "0.2023,0.1994,0.201");
    private static readonly (string Mean, string Deviation) Half = ("0.5,0.5,0.5", "0.5,0.5,0.5");

    /// <summary>The classifier, or null if it is none that is known.</summary>
    public static RecognisedNetwork? Recognise(Checkpoint checkpoint, NamedShapes shapes) =>
        RecogniseCifarResNet(shapes) ?? RecogniseResNet110(shapes) ?? RecogniseResNet50(shapes) ?? RecogniseWideResNet(shapes)
            ?? RecogniseVisionTransformer(checkpoint, shapes);

    private static RecognisedNetwork? RecogniseCifarResNet(NamedShapes shapes)
    {
        int blocks = shapes.CountFrom(i => $"layer1.{i}.conv2.weight");
        if (!shapes.Has("conv1.weight", "linear.weight", "layer3.0.conv1.weight") || shapes.Has("layer4.0.conv1.weight") || blocks == 0)
        {
            return null;
        }

        int depth = (6 * blocks) + 2;
        int channels = shapes.Size("conv1.weight", 1);
        return new RecognisedNetwork(
            $"a CIFAR ResNet-{depth} with shortcuts without parameters",
            nameof(CifarResNet),
            ArchitectureArguments.Write(new CifarResNetOptions
            {
                Depth = depth,
                ClassCount = shapes.Size("linear.weight", 0),
                Channels = channels,
                Width = shapes.Size("conv1.weight", 0),
            }),
            channels == 3 ? Pixels("3x32x32", ImageNet) : new Dictionary<string, string>());
    }

    private static RecognisedNetwork? RecogniseResNet110(NamedShapes shapes)
    {
        int blocks = shapes.CountFrom(i => $"layer1.{i}.conv2.weight");
        if (!shapes.Has("conv1.weight", "fc.weight", "layer3.0.conv1.weight") || shapes.Has("layer4.0.conv1.weight") || shapes.Size("conv1.weight", 0) != 16)
        {
            return null;
        }

        int depth = (6 * blocks) + 2;
        return new RecognisedNetwork(
            $"a CIFAR ResNet-{depth} as in locuslab/smoothing",
            nameof(ResNet110),
            ArchitectureArguments.Write(new ResNet110Options { Depth = depth, ClassCount = shapes.Size("fc.weight", 0) }),
            Pixels("3x32x32", Cifar10));
    }

    private static RecognisedNetwork? RecogniseResNet50(NamedShapes shapes) =>
        shapes.Has("conv1.weight", "layer3.5.conv3.weight", "layer4.2.conv3.weight", "fc.weight") && !shapes.Has("layer3.6.conv3.weight")
            ? new RecognisedNetwork("torchvision's ResNet-50", nameof(ResNet50),
                ArchitectureArguments.Write(new ClassifierOptions { ClassCount = shapes.Size("fc.weight", 0) }), Pixels("3x224x224", ImageNet))
            : null;

    // How a WideResNet normalises differs from one publication to the next.
    private static RecognisedNetwork? RecogniseWideResNet(NamedShapes shapes)
    {
        int blocks = shapes.CountFrom(i => $"block1.layer.{i}.conv1.weight");
        if (blocks == 0 || !shapes.Has("conv1.weight", "fc.weight", "block3.layer.0.conv1.weight"))
        {
            return null;
        }

        var options = new WideResNetOptions
        {
            Depth = (6 * blocks) + 4,
            WidenFactor = shapes.Size("block1.layer.0.conv1.weight", 0) / 16,
            ClassCount = shapes.Size("fc.weight", 0),
        };
        return new RecognisedNetwork($"a WideResNet-{options.Depth}-{options.WidenFactor}", nameof(WideResNet), ArchitectureArguments.Write(options),
            new Dictionary<string, string> { ["shape"] = "3x32x32" });
    }

    private static RecognisedNetwork? RecogniseVisionTransformer(Checkpoint checkpoint, NamedShapes shapes)
    {
        const string projection = "vit.embeddings.patch_embeddings.projection.weight";
        if (!shapes.Has("vit.embeddings.cls_token", "vit.embeddings.position_embeddings", projection))
        {
            return null;
        }

        int hidden = shapes.Size("vit.embeddings.cls_token", 2);
        int patch = shapes.Size(projection, 2);
        int side = patch * (int)Math.Sqrt(Math.Max(shapes.Size("vit.embeddings.position_embeddings", 1) - 1, 0));
        var options = new VisionTransformerOptions
        {
            NumLabels = shapes.Size("classifier.weight", 0),
            ImageSize = side,
            PatchSize = patch,
            HiddenSize = hidden,
            NumHiddenLayers = shapes.CountFrom(i => $"vit.encoder.layer.{i}.layernorm_before.weight"),
            NumAttentionHeads = ConfiguredHeads(checkpoint) ?? Math.Max(hidden / 64, 1),
            IntermediateSize = shapes.Size("vit.encoder.layer.0.intermediate.dense.weight", 0),
        };
        return new RecognisedNetwork($"a ViT in Hugging Face's names, patches of {patch}, {side}x{side}, {hidden} channels",
            nameof(VisionTransformer), ArchitectureArguments.Write(options), Pixels($"3x{side}x{side}", Half));
    }

    // The number of heads leaves no trace in the shapes; a Hugging Face folder says it.
    private static int? ConfiguredHeads(Checkpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue("config", out string? configuration))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(configuration);
            return document.RootElement.TryGetProperty("num_attention_heads", out JsonElement heads)
                && heads.ValueKind == JsonValueKind.Number && heads.TryGetInt32(out int count) && count > 0 ? count : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Pixels(string shape, (string Mean, string Deviation) normalization) =>
        new() { ["shape"] = shape, ["mean"] = normalization.Mean, ["std"] = normalization.Deviation };
}
