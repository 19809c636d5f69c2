using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class LpipsTests
{
    [Theory]
    [InlineData("ex_p0.png", 0.7112)]
    [InlineData("ex_p1.png", 0.1479)]
    public void The_published_pairs_are_as_far_apart_as_published(string file, double distance)
    {
        using DisposeScope scope = NewDisposeScope();
        using Lpips lpips = Published();
        Assert.Equal(distance, lpips.Distance(Picture("ex_ref.png"), Picture(file)).item<float>(), 0.001);
    }

    [Fact]
    public void A_published_backbone_loads_with_and_without_its_classifier()
    {
        using Checkpoint whole = CheckpointReader.Open(TestData.Path("lpips", "squeezenet1_1_from_ncnn_fp16.pth"));
        using var features = new Checkpoint(
            whole.Tensors.Where(tensor => tensor.Name.StartsWith("features.", StringComparison.Ordinal)));
        using Checkpoint heads = TestData.LpipsHeads("squeeze");
        using Lpips fromWhole = Lpips.Load("squeeze", whole, heads);
        using Lpips fromFeatures = Lpips.Load("squeeze", features, heads);
        using DisposeScope scope = NewDisposeScope();
        (Tensor a, Tensor b) = (Images(1), Images(2));
        Assert.Equal(fromWhole.Distance(a, b).data<float>().ToArray(), fromFeatures.Distance(a, b).data<float>().ToArray());
    }

    [Theory]
    [InlineData(-1.01f)]
    [InlineData(1.01f)]
    [InlineData(float.NaN)]
    public void Images_outside_the_range_are_refused(float value)
    {
        using DisposeScope scope = NewDisposeScope();
        using Lpips lpips = Fresh();
        Tensor outside = Images(1);
        outside[0, 0, 0, 0] = value;
        Assert.Throws<CertiPureException>(() => lpips.Distance(outside, Images(2)));
        Assert.Throws<CertiPureException>(() => lpips.Distance(Images(2), outside));
    }

    [Fact]
    public void An_image_is_at_distance_zero_from_itself()
    {
        using DisposeScope scope = NewDisposeScope();
        using Lpips lpips = Fresh();
        Assert.All(lpips.Distance(Images(1), Images(1)).data<float>(), distance => Assert.Equal(0, distance));
    }

    [Fact]
    public void As_a_loss_it_has_a_finite_gradient_for_the_images_and_none_for_its_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        using Lpips lpips = Fresh();

        // Pictures of one colour switch off whole channels, where the gradient of a plain square root would be infinite.
        foreach (Tensor start in (Tensor[])[Images(1), zeros(2, 3, 64, 64), full([2, 3, 64, 64], -1f)])
        {
            Tensor image = start.clone().requires_grad_(true);
            lpips.call(image, Images(2)).sum().backward();
            Assert.True(image.grad!.isfinite().all().item<bool>());
            Assert.All(lpips.parameters(), parameter => Assert.Null(parameter.grad));
        }
    }

    [Fact]
    public void Resizing_inside_equals_resizing_before()
    {
        using DisposeScope scope = NewDisposeScope();
        using Checkpoint weights = Weights(out Checkpoint heads);
        using Lpips plain = Lpips.Load("squeeze", weights, heads);
        using Lpips resizing = Lpips.Load("squeeze", weights, heads, resolution: 96);
        Tensor Resized(Tensor x) => nn.functional.interpolate(x, [96, 96], mode: InterpolationMode.Bilinear, align_corners: false);
        (Tensor a, Tensor b) = (Images(1), Images(2));
        Assert.Equal(
            plain.Distance(Resized(a), Resized(b)).data<float>().ToArray(), resizing.Distance(a, b).data<float>().ToArray());
    }

    [Fact]
    public void A_network_that_lpips_does_not_have_is_refused()
    {
        using Checkpoint weights = Weights(out Checkpoint heads);
        Assert.Throws<CertiPureException>(() => Lpips.Load("resnet", weights, heads));
    }

    [Fact]
    public void Heads_of_another_network_are_refused()
    {
        using Checkpoint weights = Weights(out _);
        using Checkpoint heads = ModuleState.Capture(new LpipsHeads([64, 192, 384, 256, 256]));
        Assert.Throws<CertiPureException>(() => Lpips.Load("squeeze", weights, heads));
    }

    private static Lpips Published()
    {
        using Checkpoint backbone = CheckpointReader.Open(TestData.Path("lpips", "squeezenet1_1_from_ncnn_fp16.pth"));
        using Checkpoint heads = TestData.LpipsHeads("squeeze");
        return Lpips.Load("squeeze", backbone, heads);
    }

    private static Lpips Fresh()
    {
        using Checkpoint weights = Weights(out Checkpoint heads);
        return Lpips.Load("squeeze", weights, heads);
    }

    private static Checkpoint Weights(out Checkpoint heads)
    {
        using var network = new SqueezeNet(classes: 0);
        FreshWeights.Draw(network, 5);
        using var linear = new LpipsHeads(network.FeatureChannels);
        heads = ModuleState.Capture(linear);
        return ModuleState.Capture(network);
    }

    private static Tensor Images(ulong seed)
    {
        using var generator = new Generator(seed);
        return rand([2, 3, 64, 64], generator: generator) * 2 - 1;
    }

    private static Tensor Picture(string name)
    {
        LabeledImage image = new SkiaImageDecoder().Decode(File.ReadAllBytes(TestData.Path("lpips", name)), name);
        return tensor(image.ToPixels()).reshape(1, 3, image.Shape.Height, image.Shape.Width) * 2 - 1;
    }
}
