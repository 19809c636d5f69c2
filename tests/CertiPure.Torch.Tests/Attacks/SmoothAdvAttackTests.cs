using CertiPure.Images;
using CertiPure.Torch.Attacks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Attacks;

public sealed class SmoothAdvAttackTests
{
    private const double Sigma = 0.25;
    private static readonly SmoothAdvOptions Quick = new() { Steps = 10, Samples = 8 };

    [Theory]
    [InlineData(0.999, false)]
    [InlineData(1.001, true)]
    public void On_a_linear_classifier_it_reaches_exactly_as_far_as_the_true_radius(double factor, bool succeeds)
    {
        // The smoothed classifier of a linear one is that classifier, and its radius the distance to the plane between classes.
        nn.Module<Tensor, Tensor> plane = Plane(out Tensor weight, out Tensor bias);
        using var classifier = new TorchClassifier(plane, SmallNetworks.Shape, null);
        var attack = new SmoothAdvAttack(null, classifier, Sigma, seed: 1, Quick);
        using Tensor normal = weight[1] - weight[0];
        double length = normal.to(ScalarType.Float64).norm().item<double>(), offset = (bias[1] - bias[0]).item<float>();
        for (int id = 0; id < 5; id++)
        {
            float[] pixels = SmallNetworks.NoisyImages(1, seed: (ulong)id).Pixels.ToArray();
            double margin = pixels.Zip(normal.data<float>().ToArray(), (pixel, slope) => (double)pixel * slope).Sum() + offset;
            int label = margin > 0 ? 1 : 0;
            double radius = factor * Math.Abs(margin) / length;
            float[] changed = attack.Perturb(pixels, id, label, radius);
            float[] logits = classifier.Logits(new ImageBatch(SmallNetworks.Shape, changed));
            Assert.Equal(succeeds, logits[label] < logits[1 - label]);
            Assert.InRange(SmoothAdvAttack.Distance(pixels, changed), 0.999 * radius, radius);
        }
    }

    [Fact]
    public void Through_a_purifier_it_lowers_the_smoothed_probability_more_than_chance_does()
    {
        using var purifier = new ConsistencyPurifier(SmallNetworks.Denoiser(new ConsistencyPreconditioning()));
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var attack = new SmoothAdvAttack(purifier, classifier, Sigma, seed: 1, Quick);
        float[] pixels = SmallNetworks.NoisyImages(1).Pixels.ToArray();
        double[] before = Probabilities(purifier, classifier, pixels);
        int label = Array.IndexOf(before, before.Max());
        double attacked = Probabilities(purifier, classifier, attack.Perturb(pixels, 0, label, 1))[label];
        var random = new Random(8);
        for (int i = 0; i < 4; i++)
        {
            double[] direction = [.. pixels.Select(_ => random.NextDouble() - 0.5)];
            double length = Math.Sqrt(direction.Sum(value => value * value));
            float[] changed = [.. pixels.Zip(direction, (pixel, value) => (float)(pixel + (value / length)))];
            Assert.InRange(attacked, 0, Probabilities(purifier, classifier, changed)[label] * 0.95);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_image_and_leaves_no_tensor_alive()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        float[] pixels = SmallNetworks.NoisyImages(1).Pixels.ToArray();
        float[] first = new SmoothAdvAttack(null, classifier, Sigma, 5, Quick).Perturb(pixels, 3, 2, 0.5);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.Equal(first, new SmoothAdvAttack(null, classifier, Sigma, 5, Quick).Perturb(pixels, 3, 2, 0.5));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.NotEqual(first, new SmoothAdvAttack(null, classifier, Sigma, 6, Quick).Perturb(pixels, 3, 2, 0.5));
    }

    [Fact]
    public void On_the_grid_every_pixel_stays_a_multiple_of_1_over_255()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        var random = new Random(2);
        float[] pixels = [.. Enumerable.Range(0, SmallNetworks.Shape.Length).Select(_ => random.Next(256) / 255f)];
        float[] changed = new SmoothAdvAttack(null, classifier, Sigma, 1, Quick with { OnGrid = true }).Perturb(pixels, 0, 1, 0.7);
        Assert.All(changed, pixel => Assert.Equal(MathF.Round(pixel * 255f) / 255f, pixel));
        Assert.InRange(SmoothAdvAttack.Distance(pixels, changed), 0.5, 0.7);
    }

    [Fact]
    public void Impossible_settings_are_refused()
    {
        using TorchClassifier classifier = SmallNetworks.Classifier();
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothAdvAttack(null, classifier, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothAdvAttack(null, classifier, 1, 1, Quick with { Steps = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothAdvAttack(null, classifier, 1, 1, Quick with { Samples = 0 }));
        var attack = new SmoothAdvAttack(null, classifier, 1, 1, Quick);
        float[] pixels = new float[SmallNetworks.Shape.Length];
        Assert.Throws<ArgumentOutOfRangeException>(() => attack.Perturb(pixels, 0, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => attack.Perturb(pixels, 0, 1, 0));
    }

    private static nn.Module<Tensor, Tensor> Plane(out Tensor weight, out Tensor bias)
    {
        using Generator generator = new(11);
        var linear = nn.Linear(SmallNetworks.Shape.Length, 2);
        using (no_grad())
        {
            linear.weight!.copy_(randn(linear.weight.shape, generator: generator) * 0.1);
            linear.bias!.copy_(randn(2, generator: generator) * 0.1);
        }

        weight = linear.weight!.detach();
        bias = linear.bias!.detach();
        return nn.Sequential(("flat", nn.Flatten()), ("plane", linear));
    }

    private static double[] Probabilities(TorchPurifier purifier, TorchClassifier classifier, float[] pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        using Generator generator = new(77);
        Tensor noisy = tensor(pixels).view(1, 1, 16, 16) + (Sigma * randn([256, 1, 16, 16], generator: generator));
        Tensor shares = nn.functional.softmax(classifier.Logits(purifier.Purify(noisy, Sigma)), 1).mean([0]);
        return [.. shares.data<float>().ToArray().Select(share => (double)share)];
    }
}
