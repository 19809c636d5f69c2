namespace CertiPure.Recipes.Catalog;

/// <summary>The published checkpoints that the paper and this project use.</summary>
public static class PublishedCheckpoints
{
    private const string OpenAi = "https://openaipublic.blob.core.windows.net/";
    private const string Hub = "https://huggingface.co/";
    private const string Torchvision = "https://download.pytorch.org/models/";
    private const string Lpips = "https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/";
    private const string CifarResNets = "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/master/pretrained_models/";
    private const string Vit = "https://huggingface.co/aaraki/vit-base-patch16-224-in21k-finetuned-cifar10/resolve/main/";

    /// <summary>Every checkpoint, purifiers first.</summary>
    public static IReadOnlyList<PublishedCheckpoint> All { get; } =
    [
        new("ddpm-cifar10", "improved diffusion, CIFAR-10, cosine schedule of 4,000 steps", "the baseline onestep-DDPM (purifier ddpm)",
            "improved diffusion's UNet, 52.5M parameters", "MIT (openai/improved-diffusion)", 211,
            [File(OpenAi + "diffusion/march-2021/cifar10_uncond_50M_500K.pt")]),
        new("ddpm-cifar10-diffusers", "DDPM of Ho et al. in diffusers' form, CIFAR-10, linear schedule of 1,000 steps", "one-step purifying by DDPM",
            "diffusers' UNet2DModel, 35.7M parameters", "Apache-2.0 (google/ddpm-cifar10-32)", 143,
            [
                File(Hub + "google/ddpm-cifar10-32/resolve/main/config.json"), File(Hub + "google/ddpm-cifar10-32/resolve/main/model_index.json"),
                File(Hub + "google/ddpm-cifar10-32/resolve/main/scheduler_config.json"),
                File(Hub + "google/ddpm-cifar10-32/resolve/main/diffusion_pytorch_model.bin"),
            ]),
        new("guided-diffusion-256", "guided diffusion, ImageNet 256x256, unconditional, linear schedule of 1,000 steps",
            "the denoiser of diffusion denoised smoothing on ImageNet", "guided diffusion's UNet, 553M parameters",
            "MIT (openai/guided-diffusion)", 2211, [File(OpenAi + "diffusion/jul-2021/256x256_diffusion_uncond.pt")]),
        new("edm-cifar10", "EDM, CIFAR-10, as the teacher of the consistency models", "onestep-EDM and PF-ODE (purifiers edm, pf-ode)",
            "NCSN++ in Flax, 56.4M parameters", "Apache-2.0 (openai/consistency_models_cifar10)", null,
            [File(OpenAi + "consistency/jcm_checkpoints/edm_cifar10_ema")]),
        new("consistency-cifar10", "consistency model distilled with LPIPS, CIFAR-10", "Consistency Purification (purifier consistency)",
            "NCSN++ in Flax, 56.4M parameters", "Apache-2.0 (openai/consistency_models_cifar10)", null,
            [File(OpenAi + "consistency/jcm_checkpoints/cd-lpips/checkpoints/checkpoint_80")]),
        new("consistency-cifar10-finetuned", "the same after Consistency Fine-tuning, by the paper's authors", "Consistency Purification (purifier consistency)",
            "NCSN++ in Flax, 56.4M parameters", "not stated", 902,
            [File("https://huggingface.co/datasets/YiquanLi/Consistency_Purification/resolve/main/checkpoint_120")]),
        new("edm-imagenet64", "EDM, ImageNet-64, class-conditional", "teacher of distillation", "OpenAI's UNet, 296M parameters",
            "MIT (openai/consistency_models)", 1184, [File(OpenAi + "consistency/edm_imagenet64_ema.pt")]),
        new("cd-l2-imagenet64", "consistency model distilled with l2, ImageNet-64, class-conditional", "purifying with a fixed or predicted label",
            "OpenAI's UNet, 296M parameters", "MIT (openai/consistency_models)", 1184, [File(OpenAi + "consistency/cd_imagenet64_l2.pt")]),
        new("cd-lpips-imagenet64", "consistency model distilled with LPIPS, ImageNet-64, class-conditional", "purifying with a fixed or predicted label",
            "OpenAI's UNet, 296M parameters", "MIT (openai/consistency_models)", 1184, [File(OpenAi + "consistency/cd_imagenet64_lpips.pt")]),
        new("ct-imagenet64", "consistency model trained without a teacher, ImageNet-64, class-conditional", "purifying with a fixed or predicted label",
            "OpenAI's UNet, 296M parameters", "MIT (openai/consistency_models)", 1184, [File(OpenAi + "consistency/ct_imagenet64.pt")]),
        new("vit-cifar10", "ViT-B/16 of ImageNet-21k fine-tuned on CIFAR-10", "the paper's classifier (input resized bilinearly to 224, 2x - 1)",
            "ViT-B/16, 85.8M parameters", "Apache-2.0", 343, [File(Vit + "config.json"), File(Vit + "pytorch_model.bin")]),
        Resnet(20, "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", "0.27M"),
        Resnet(32, "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850", "0.46M"),
        Resnet(44, "014dd6541728a1c700b1642ab640e211dc6eb8ed507d70697458dc8f8a0ae2e4", "0.66M"),
        Resnet(56, "4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367", "0.85M"),
        new("vit-imagenet-timm", "ViT-B/16 of ImageNet-21k fine-tuned on ImageNet", "an off-the-shelf classifier (its normalisation is in the folder)",
            "timm's vit_base_patch16_224, 86.6M parameters", "Apache-2.0", 346,
            [
                File(Hub + "timm/vit_base_patch16_224.augreg2_in21k_ft_in1k/resolve/main/config.json"),
                File(Hub + "timm/vit_base_patch16_224.augreg2_in21k_ft_in1k/resolve/main/model.safetensors"),
            ]),
        ImageNet("resnet50", "resnet50-0676ba61.pth", "ResNet-50", 98),
        ImageNet("wide-resnet50", "wide_resnet50_2-95faca4d.pth", "wide ResNet-50", 132),
        ImageNet("vit-b-16", "vit_b_16-c867db91.pth", "ViT-B/16", 330),
        Backbone("squeezenet1_1", "squeezenet1_1-b8a52dc0.pth", "SqueezeNet 1.1", 5),
        Backbone("vgg16", "vgg16-397923af.pth", "VGG-16", 553),
        Backbone("alexnet", "alexnet-owt-7be5be79.pth", "AlexNet", 244),
        Heads("squeeze", "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76"),
        Heads("vgg", "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868"),
        Heads("alex", "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0"),
        new("fid-inception", "Inception-v3 with the weights of 2015 that FID is defined by", "Fréchet distances", "Inception-v3 in pytorch-fid's variant",
            "Apache-2.0 (mseitzer/pytorch-fid)", 95,
            [File("https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth", "6726825d")]),
    ];

    /// <summary>The checkpoint of that name, or null.</summary>
    public static PublishedCheckpoint? Find(string name) => All.FirstOrDefault(checkpoint => checkpoint.Name == name);

    private static PublishedFile File(string address, string? sha256 = null) => new(new Uri(address), sha256);

    private static PublishedCheckpoint Resnet(int depth, string sha256, string parameters) => new(
        $"resnet{depth}-cifar10", $"ResNet-{depth} trained on CIFAR-10", "an off-the-shelf classifier", $"CIFAR ResNet-{depth}, {parameters} parameters",
        "BSD-2-Clause (akamaster/pytorch_resnet_cifar10)", 1 + (depth / 20), [File($"{CifarResNets}resnet{depth}-{sha256[..8]}.th", sha256)]);

    private static PublishedCheckpoint ImageNet(string name, string file, string architecture, int megabytes) => new(
        name, $"torchvision's {architecture}, trained on ImageNet", "an off-the-shelf classifier (mean 0.485,0.456,0.406, std 0.229,0.224,0.225)",
        architecture, "BSD-3-Clause (pytorch/vision)", megabytes, [File(Torchvision + file, file[^12..^4])]);

    // PyTorch's names end in the first eight digits of the hash.
    private static PublishedCheckpoint Backbone(string name, string file, string architecture, int megabytes) => new(
        name, $"torchvision's {architecture}, trained on ImageNet", "backbone of LPIPS", architecture, "BSD-3-Clause (pytorch/vision)", megabytes,
        [File(Torchvision + file, file[^12..^4])]);

    private static PublishedCheckpoint Heads(string network, string sha256) => new(
        $"lpips-{network}", $"LPIPS 0.1, linear heads for {network}", "fine-tuning under LPIPS, LPIPS itself", "linear heads",
        "BSD-2-Clause (richzhang/PerceptualSimilarity)", 1, [File($"{Lpips}{network}.pth", sha256)]);
}
