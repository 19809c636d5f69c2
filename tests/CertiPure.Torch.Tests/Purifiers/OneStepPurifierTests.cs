using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

public sealed class OneStepPurifierTests
{
    [Theory]
    [InlineData("edm", NoiseLevelRule.Exact)]
    [InlineData("edm", NoiseLevelRule.Nearest)]
    [InlineData("consistency", NoiseLevelRule.Exact)]
    [InlineData("consistency", NoiseLevelRule.Nearest)]
    public void It_gives_what_the_formula_gives_image_by_image(string method, NoiseLevelRule rule)
    {
        using TorchPurifier purifier = Purifier(method, rule, Precision.Fp32);
        ImageBatch noisy = SmallNetworks.NoisyImages(3);
        ImageBatch purified = purifier.Purify(noisy, 0.5);

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        // Level 10 of 0 to 17 is the one nearest to 2 sigma = 1.
        double first = Math.Pow(80, 1.0 / 7), last = Math.Pow(0.002, 1.0 / 7);
        float t = rule == NoiseLevelRule.Exact ? 1f : (float)Math.Pow(first + (10.0 / 17 * (last - first)), 7);
        using Denoiser denoiser = SmallNetworks.Denoiser(Preconditioning.Named(method));
        denoiser.eval();
        for (int i = 0; i < noisy.Count; i++)
        {
            Tensor y = (tensor(noisy[i].ToArray()).view(1, 1, 16, 16) * 2) - 1;
            double skip = method == "edm" ? 0.25 / ((t * t) + 0.25) : 0.25 / (((t - 0.002) * (t - 0.002)) + 0.25);
            double output = (method == "edm" ? t : t - 0.002) * 0.5 / Math.Sqrt((t * t) + 0.25);
            Tensor raw = denoiser.Network.Forward(y / Math.Sqrt((t * t) + 0.25), full(1, MathF.Log(t) / 4));
            Tensor expected = (((skip * y) + (output * raw)) + 1) / 2;
            Tensor computed = tensor(purified[i].ToArray()).view(1, 1, 16, 16);
            Assert.True((computed - expected).abs().max().item<float>() < 1e-5f * expected.abs().max().item<float>());
        }
    }

    [Fact]
    public void Bf16_stays_within_two_percent_of_the_largest_value()
    {
        using TorchPurifier exact = Purifier("consistency", NoiseLevelRule.Exact, Precision.Fp32);
        using TorchPurifier rounded = Purifier("consistency", NoiseLevelRule.Exact, Precision.Bf16);
        ImageBatch noisy = SmallNetworks.NoisyImages(8);
        float[] expected = exact.Purify(noisy, 0.5).Pixels.ToArray(), computed = rounded.Purify(noisy, 0.5).Pixels.ToArray();
        float largest = expected.Max(Math.Abs);
        float difference = expected.Zip(computed, (a, b) => Math.Abs(a - b)).Max();
        Assert.InRange(difference, 1e-6f * largest, 0.02f * largest);
    }

    [Fact]
    public void Both_methods_call_their_network_once()
    {
        using TorchPurifier edm = Purifier("edm", NoiseLevelRule.Exact, Precision.Fp32);
        using TorchPurifier consistency = Purifier("consistency", NoiseLevelRule.Exact, Precision.Fp32);
        Assert.Equal((1, "edm"), (edm.NetworkCalls(0.5), edm.Method));
        Assert.Equal((1, "consistency"), (consistency.NetworkCalls(0.5), consistency.Method));
    }

    [Fact]
    public void Weights_of_the_other_method_are_refused()
    {
        using Denoiser edm = SmallNetworks.Denoiser(new EdmPreconditioning());
        using Denoiser consistency = SmallNetworks.Denoiser(new ConsistencyPreconditioning());
        Assert.Contains("edm", Assert.Throws<CertiPureException>(() => new ConsistencyPurifier(edm)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "consistency", Assert.Throws<CertiPureException>(() => new EdmPurifier(consistency)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_conditional_network_is_refused()
    {
        using Denoiser conditional =
            SmallNetworks.Denoiser(new EdmPreconditioning(), SmallNetworks.UNet with { LabelCount = 10 });
        Assert.Contains(
            "label", Assert.Throws<CertiPureException>(() => new EdmPurifier(conditional)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public void A_class_conditional_network_with_a_fixed_class_gives_every_image_that_class(Precision precision)
    {
        SongUNetOptions options = SmallNetworks.UNet with { LabelCount = 3 };
        ImageBatch noisy = SmallNetworks.NoisyImages(2);
        float[] first = Purified(0), last = Purified(2);

        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        using Denoiser conditional = SmallNetworks.Denoiser(new EdmPreconditioning(), options);
        conditional.eval();
        NetworkPrecision.Convert(conditional, precision);
        Tensor labels = tensor((float[])[0, 0, 1, 0, 0, 1], [2, 3]);
        Tensor expected = NetworkSpace.ToPixels(conditional.Denoise(
            NetworkSpace.FromPixels(tensor(noisy.Pixels.ToArray(), [2, noisy.Shape.Channels, noisy.Shape.Height, noisy.Shape.Width])),
            tensor((float[])[1f]),
            labels));
        Assert.InRange(Distance(last), 0, precision == Precision.Fp32 ? 1e-5f : 0.02f);
        Assert.InRange(Distance(first), 0.1f, 10);

        float Distance(float[] purified) => (expected.flatten() - tensor(purified)).abs().max().item<float>();

        float[] Purified(int label)
        {
            using var purifier = new EdmPurifier(
                SmallNetworks.Denoiser(new EdmPreconditioning(), options).WithFixedLabel(label), NoiseLevelRule.Exact, precision);
            return purifier.Purify(noisy, 0.5).Pixels.ToArray();
        }
    }

    [Theory]
    [InlineData(0, 0, "not class-conditional")]
    [InlineData(3, 3, "classes 0 to 2")]
    [InlineData(3, -1, "classes 0 to 2")]
    public void A_class_that_the_network_does_not_have_is_refused(int count, int label, string words)
    {
        using Denoiser denoiser = SmallNetworks.Denoiser(new EdmPreconditioning(), SmallNetworks.UNet with { LabelCount = count });
        CertiPureException refusal = Assert.Throws<CertiPureException>(() => denoiser.WithFixedLabel(label));
        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_shape_and_a_sigma_of_zero_are_refused()
    {
        using TorchPurifier purifier = Purifier("edm", NoiseLevelRule.Exact, Precision.Fp32);
        Assert.Throws<ArgumentException>(() => purifier.Purify(new ImageBatch(new ImageShape(3, 16, 16), 1), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => purifier.Purify(SmallNetworks.NoisyImages(1), 0));
    }

    private static TorchPurifier Purifier(string method, NoiseLevelRule rule, Precision precision)
    {
        Denoiser denoiser = SmallNetworks.Denoiser(Preconditioning.Named(method));
        return method == "edm" ? new EdmPurifier(denoiser, rule, precision) : new ConsistencyPurifier(denoiser, rule, precision);
    }
}
