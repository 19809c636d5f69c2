using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class VisionTransformerTests
{
    [Fact]
    public void Small_images_are_resized_bilinearly_inside()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var network = new VisionTransformer(new VisionTransformerOptions
        {
            NumLabels = 3,
            ImageSize = 32,
            PatchSize = 8,
            HiddenSize = 16,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 32,
        });
        FreshWeights.Draw(network, 3);
        network.eval();
        using var generator = new Generator(1);
        Tensor small = rand([2, 3, 16, 16], generator: generator) * 2 - 1;
        Tensor resized = nn.functional.interpolate(small, [32, 32], mode: InterpolationMode.Bilinear, align_corners: false);
        Assert.Equal(network.call(resized).data<float>().ToArray(), network.call(small).data<float>().ToArray());
    }
}
