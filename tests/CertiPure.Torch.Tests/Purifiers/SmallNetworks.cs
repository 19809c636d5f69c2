using CertiPure.Images;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

/// <summary>Networks that compute in milliseconds, with weights large enough that every layer matters.</summary>
internal static class SmallNetworks
{
    public static readonly ImageShape Shape = new(1, 16, 16);

    public static readonly SongUNetOptions UNet = new()
    {
        Resolution = 16,
        Channels = 1,
        ModelChannels = 16,
        ChannelMult = [1, 2],
        NumBlocks = 1,
        AttnResolutions = [8],
        Dropout = 0.1,
    };

    public static readonly CifarResNetOptions ResNet = new() { Depth = 8, Channels = 1 };

    public static Denoiser Denoiser(Preconditioning preconditioning, SongUNetOptions? options = null)
    {
        var network = new SongUNet(options ?? UNet);
        FillWeights(network, 3);
        return new Denoiser(network, preconditioning);
    }

    public static TorchClassifier Classifier(Precision precision = Precision.Fp32)
    {
        var network = new CifarResNet(ResNet);
        FillWeights(network, 4);
        return new TorchClassifier(network, Shape, new PixelNormalization([0.3], [0.4]), precision);
    }

    public static ImageBatch NoisyImages(int count, ulong seed = 9)
    {
        using Generator generator = new(seed);
        using Tensor pixels = rand([count, 1, 16, 16], generator: generator) + (0.5 * randn([count, 1, 16, 16], generator: generator));
        return new ImageBatch(Shape, pixels.data<float>().ToArray());
    }

    // Fresh weights end each branch near zero, which would hide a mistake inside the branch.
    private static void FillWeights(nn.Module network, ulong seed)
    {
        using IDisposable noGradient = no_grad();
        using Generator generator = new(seed);
        FreshWeights.Draw(network, seed);
        foreach (Tensor parameter in network.parameters().Where(parameter => parameter.dim() >= 2))
        {
            double fanIn = (double)parameter.numel() / parameter.shape[0];
            parameter.copy_(randn(parameter.shape, generator: generator) * Math.Sqrt(1 / fanIn));
        }
    }
}
