using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises classifiers. What they do to pixels first is taken from the file or its folder, where they say it, and never
/// guessed: otherwise the user is asked, with the family's usual values beside the question. The one exception is the CIFAR ResNet of
/// akamaster/pytorch_resnet_cifar10, whose published code has no other normalisation than ImageNet's.</summary>
internal static class ClassifierSignature
{
    private const string ImageNet = "mean 0.485,0.456,0.406 and standard deviation 0.229,0.224,0.225";
    private const string Cifar10 = "mean 0.4914,0.4822,0.4465 and standard deviation 0.2023,0.1994,0.2010";
    private const string Half = "mean 0.5,0.5,0.5 and standard deviation 0.5,0.5,0.5";

    private const string SmoothAdv =
        "networks of SmoothAdv (Hadisalman/smoothing-adversarial) subtract the mean and do not divide: standard deviation 1,1,1";

    /// <summary>The classifier, or null if it is none that is known.</summary>
    public static RecognisedNetwork? Recognise(Checkpoint checkpoint, NamedShapes shapes) =>
        RecogniseCifarResNet(checkpoint, shapes) ?? RecogniseResNet110(checkpoint, shapes) ?? RecogniseResNet(checkpoint, shapes)
            ?? RecogniseWideResNet(checkpoint, shapes) ?? RecogniseVisionTransformer(checkpoint, shapes);

    private static RecognisedNetwork? RecogniseCifarResNet(Checkpoint checkpoint, NamedShapes shapes)
    {
        int blocks = shapes.CountFrom(i => $"layer1.{i}.conv2.weight");
        if (!shapes.Has("conv1.weight", "linear.weight", "layer3.0.conv1.weight") || shapes.Has("layer4.0.conv1.weight") || blocks == 0)
        {
            return null;
        }

        int depth = (6 * blocks) + 2;
        int channels = shapes.Size("conv1.weight", 1);
        RecognisedNetwork network = Classifier(
            checkpoint,
            $"a CIFAR ResNet-{depth} with shortcuts without parameters",
            nameof(CifarResNet),
            ArchitectureArguments.Write(new CifarResNetOptions
            {
                Depth = depth,
                ClassCount = shapes.Size("linear.weight", 0),
                Channels = channels,
                Width = shapes.Size("conv1.weight", 0),
            }),
            channels == 3 ? "3x32x32" : null,
            ImageNet);
        return network.UsualPixels is null || channels != 3 ? network : network with
        {
            Metadata = new Dictionary<string, string>(network.Metadata) { ["mean"] = "0.485,0.456,0.406", ["std"] = "0.229,0.224,0.225" },
            UsualPixels = null,
        };
    }

    private static RecognisedNetwork? RecogniseResNet110(Checkpoint checkpoint, NamedShapes shapes)
    {
        int blocks = shapes.CountFrom(i => $"layer1.{i}.conv2.weight");
        if (!shapes.Has("conv1.weight", "fc.weight", "layer3.0.conv1.weight") || shapes.Has("layer4.0.conv1.weight") || shapes.Size("conv1.weight", 0) != 16)
        {
            return null;
        }

        int depth = (6 * blocks) + 2;
        return Classifier(
            checkpoint,
            $"a CIFAR ResNet-{depth} as in locuslab/smoothing",
            nameof(ResNet110),
            ArchitectureArguments.Write(new ResNet110Options { Depth = depth, ClassCount = shapes.Size("fc.weight", 0) }),
            "3x32x32",
            $"{Cifar10} (locuslab/smoothing); {SmoothAdv}");
    }

    private static RecognisedNetwork? RecogniseResNet(Checkpoint checkpoint, NamedShapes shapes)
    {
        if (!shapes.Has("conv1.weight", "layer1.0.conv1.weight", "layer4.0.conv1.weight"))
        {
            return null;
        }

        bool isBottleneck = shapes.Has("layer1.0.conv3.weight"), isKuangliu = shapes.Has("linear.weight");
        bool isSmall = shapes.Size("conv1.weight", 2) == 3;
        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => shapes.CountFrom(i => $"layer{stage}.{i}.conv2.weight"))];
        int depth = (blocks, isBottleneck) switch
        {
            ([2, 2, 2, 2], false) => 18,
            ([3, 4, 6, 3], false) => 34,
            ([3, 4, 6, 3], true) => 50,
            ([3, 4, 23, 3], true) => 101,
            ([3, 8, 36, 3], true) => 152,
            _ => 0,
        };
        int width = isBottleneck ? shapes.Size("layer1.0.conv1.weight", 0) : 64;
        string name = $"{(isKuangliu ? "kuangliu's CIFAR" : "torchvision's")} {(width > 64 ? "wide " : "")}ResNet-{depth}";
        if (depth == 0 || isSmall != isKuangliu || shapes.Size("layer1.0.conv2.weight", 1) != width || shapes.Size("conv1.weight", 0) != 64)
        {
            return new RecognisedNetwork(
                $"a ResNet with {string.Join(", ", blocks)} blocks, but is of a variant that is not known", null, null, new Dictionary<string, string>());
        }

        return Classifier(
            checkpoint,
            name,
            nameof(ResNet),
            ArchitectureArguments.Write(new ResNetOptions
            {
                Depth = depth,
                WidthPerGroup = width,
                ClassCount = shapes.Size(isKuangliu ? "linear.weight" : "fc.weight", 0),
                SmallImages = isSmall,
            }),
            isSmall ? "3x32x32" : "3x224x224",
            isKuangliu ? $"{Cifar10} (kuangliu/pytorch-cifar)" : $"{ImageNet} (torchvision); {SmoothAdv}");
    }

    private static RecognisedNetwork? RecogniseWideResNet(Checkpoint checkpoint, NamedShapes shapes)
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
        return Classifier(
            checkpoint,
            $"a WideResNet-{options.Depth}-{options.WidenFactor}",
            nameof(WideResNet),
            ArchitectureArguments.Write(options),
            "3x32x32",
            $"mean 0,0,0 and standard deviation 1,1,1 in most of RobustBench, {Cifar10} elsewhere");
    }

    private static RecognisedNetwork? RecogniseVisionTransformer(Checkpoint checkpoint, NamedShapes shapes)
    {
        (string family, string token, string position, string projection, string head, string layer, string intermediate, string usual) =
            shapes.Has("vit.embeddings.cls_token")
                ? ("Hugging Face's", "vit.embeddings.cls_token", "vit.embeddings.position_embeddings",
                    "vit.embeddings.patch_embeddings.projection.weight", "classifier.weight", "vit.encoder.layer.{0}.layernorm_before.weight",
                    "vit.encoder.layer.0.intermediate.dense.weight", $"{Half} (Google's weights)")
                : shapes.Has("blocks.0.attn.qkv.weight")
                    ? ("timm's", "cls_token", "pos_embed", "patch_embed.proj.weight", "head.weight", "blocks.{0}.norm1.weight",
                        "blocks.0.mlp.fc1.weight", $"{Half} (augreg weights), or {ImageNet} (DeiT and others)")
                    : ("torchvision's", "class_token", "encoder.pos_embedding", "conv_proj.weight", "heads.head.weight",
                        "encoder.layers.encoder_layer_{0}.ln_1.weight",
                        shapes.Has("encoder.layers.encoder_layer_0.mlp.0.weight")
                            ? "encoder.layers.encoder_layer_0.mlp.0.weight"
                            : "encoder.layers.encoder_layer_0.mlp.linear_1.weight",
                        $"{ImageNet} (torchvision)");
        if (!shapes.Has(token, position, projection))
        {
            return null;
        }

        int hidden = shapes.Size(token, 2);
        int patch = shapes.Size(projection, 2);
        int side = patch * (int)Math.Sqrt(Math.Max(shapes.Size(position, 1) - 1, 0));
        var options = new VisionTransformerOptions
        {
            NumLabels = shapes.Size(head, 0),
            ImageSize = side,
            PatchSize = patch,
            HiddenSize = hidden,
            NumHiddenLayers = shapes.CountFrom(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, layer, i)),
            NumAttentionHeads = FolderConfiguration.Heads(checkpoint) ?? Math.Max(hidden / 64, 1),
            IntermediateSize = shapes.Size(intermediate, 0),
            LayerNormEps = family == "Hugging Face's" ? new VisionTransformerOptions().LayerNormEps : 1e-6,
        };
        return Classifier(
            checkpoint,
            $"a ViT in {family} names, patches of {patch}, {side}x{side}, {hidden} channels",
            nameof(VisionTransformer),
            ArchitectureArguments.Write(options),
            $"3x{side}x{side}",
            usual);
    }

    private static RecognisedNetwork Classifier(
        Checkpoint checkpoint, string description, string architecture, string arguments, string? shape, string usualPixels)
    {
        var metadata = new Dictionary<string, string>();
        if (shape is not null)
        {
            metadata["shape"] = shape;
        }

        if (FolderConfiguration.Pixels(checkpoint) is not { } pixels)
        {
            return new RecognisedNetwork(description, architecture, arguments, metadata) { UsualPixels = usualPixels };
        }

        (metadata["mean"], metadata["std"]) = pixels;
        return new RecognisedNetwork(description, architecture, arguments, metadata);
    }
}
