namespace CertiPure.Torch.Checkpoints;

/// <summary>Tells from a checkpoint's metadata or its tensors' names what architecture it is of.</summary>
public static class CheckpointArchitecture
{
    // Each architecture by names that it alone has, most particular first.
    private static readonly (string Architecture, string[] Names)[] Signatures =
    [
        ("EDM's DhariwalUNet (ADM)", ["model.map_layer0.weight", "model.enc.32x32_conv.weight", "model.enc.32x32_block0.affine.weight", "model.out_norm.weight"]),
        ("EDM's SongUNet (NCSN++)", ["model.map_layer0.weight", "model.map_noise.freqs"]),
        ("EDM's SongUNet (DDPM++)", ["model.map_layer0.weight", "model.map_layer1.weight"]),
        ("OpenAI's UNet (improved-diffusion or consistency models)", ["time_embed.0.weight", "input_blocks.0.0.weight"]),
        ("a CIFAR ResNet", ["conv1.weight", "layer1.0.conv1.weight", "linear.weight"]),
        ("a torchvision or CIFAR ResNet", ["conv1.weight", "layer1.0.conv1.weight", "fc.weight"]),
        ("a ViT in Hugging Face names", ["vit.embeddings.cls_token"]),
        ("a WideResNet", ["block1.layer.0.conv1.weight"]),
        ("SqueezeNet 1.1", ["features.3.squeeze.weight"]),
        ("LPIPS's linear heads", ["lin0.model.1.weight"]),
        ("pytorch-fid's Inception-v3", ["Mixed_5b.branch1x1.conv.weight"]),
        ("VGG-16", ["features.28.weight"]),
        ("AlexNet", ["features.0.weight", "features.10.weight"]),
    ];

    /// <summary>The architecture, from the metadata that CertiPure writes or from the names; null if nothing is recognised.</summary>
    public static string? Recognise(Checkpoint checkpoint)
    {
        if (checkpoint.Metadata.TryGetValue("architecture", out string? written))
        {
            return written;
        }

        return Signatures.FirstOrDefault(signature => signature.Names.All(name => checkpoint.TryGet(name, out _))).Architecture;
    }
}
