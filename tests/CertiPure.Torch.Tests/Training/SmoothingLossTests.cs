using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>Losses that see a classifier, on predictions for which values follow by hand.</summary>
public sealed class SmoothingLossTests
{
    private readonly Tensor _labels = tensor(LabelValues);

    private static long[] LabelValues => [0];

    [Fact]
    public void Consistency_regularization_of_equal_copies_is_cross_entropy_plus_entropy()
    {
        Tensor logits = Row(0.8, 0.2);
        Tensor loss = new ConsistencyRegularization(lambda: 10, eta: 0.5).PerImage([logits, logits], _labels);
        double entropy = -(0.8 * Math.Log(0.8)) - (0.2 * Math.Log(0.2));
        Assert.Equal(-Math.Log(0.8) + (0.5 * entropy), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void Consistency_regularization_of_different_copies_adds_their_divergence_from_the_mean()
    {
        Tensor loss = new ConsistencyRegularization(lambda: 10, eta: 0).PerImage([Row(0.9, 0.1), Row(0.5, 0.5)], _labels);
        double Divergence(double p) => (0.7 * Math.Log(0.7 / p)) + (0.3 * Math.Log(0.3 / (1 - p)));
        double classification = -(Math.Log(0.9) + Math.Log(0.5)) / 2;
        Assert.Equal(classification + (10 * (Divergence(0.9) + Divergence(0.5)) / 2), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Calibration_is_brier_where_the_mean_is_right_and_rewards_diversity_where_it_is_wrong()
    {
        var loss = new CalibrationLoss((y, _) => y, x => x, new ChosenLevels(1), lambda: 0.1);
        Assert.Equal((0.04 + 0.16) / 2, loss.PerImage([Row(0.8, 0.2), Row(0.6, 0.4)], _labels).item<float>(), 1e-5);
        double alike = loss.PerImage([Row(0.3, 0.7), Row(0.3, 0.7)], _labels).item<float>();
        double diverse = loss.PerImage([Row(0.1, 0.9), Row(0.5, 0.5)], _labels).item<float>();
        Assert.Equal(0, alike, 1e-6);
        Assert.True(diverse < -0.001);
    }

    [Fact]
    public void A_classifier_behind_a_purifier_sees_pixels_at_the_level_that_was_added()
    {
        // The purifier returns its noise's own level everywhere; the classifier must see (level + 1) / 2.
        Tensor? seen = null;
        Tensor Classify(Tensor pixels)
        {
            seen = pixels;
            return cat([pixels.flatten(1).mean([1], keepdim: true), zeros(pixels.shape[0], 1)], 1);
        }

        using var random = new TrainingRandom(1, 0, 0);
        var batch = new TrainingBatch(full([4, 1, 2, 2], 0.25), zeros(4, ScalarType.Int64));
        Tensor Purify(Tensor noisy, Tensor level) => level.view(-1, 1, 1, 1).expand(noisy.shape);
        Tensor loss = new PurifiedClassificationLoss(Purify, Classify, new ChosenLevels(0.5), reconstructionWeight: 2)
            .PerImage(batch, new TrainingStep(0, 1, random));
        Assert.True(seen!.allclose(full([4, 1, 2, 2], 0.75)));
        Assert.True(loss.allclose(full([4], Math.Log(1 + Math.Exp(-0.75)) + 2), 1e-4, 1e-4));
    }

    [Fact]
    public void Noise_training_adds_noise_of_the_level_in_pixel_space()
    {
        Tensor? seen = null;
        Tensor Classify(Tensor pixels)
        {
            seen = pixels;
            return zeros(pixels.shape[0], 2);
        }

        using var random = new TrainingRandom(2, 0, 0);
        var batch = new TrainingBatch(full([50, 1, 20, 20], 0.25), zeros(50, ScalarType.Int64));
        new GaussianNoiseLoss(Classify, 0.5).PerImage(batch, new TrainingStep(0, 1, random));
        Assert.Equal(0.25, seen!.mean().item<float>(), 0.02);
        Assert.Equal(0.5, seen!.std().item<float>(), 0.02);
    }

    [Fact]
    public void A_selector_learns_where_the_classifier_is_right_about_the_draw_that_both_see()
    {
        // The classifier says 1 for bright draws: right for the first image, wrong for the second, right for the third.
        Tensor? seen = null, classified = null;
        using var slope = new Parameter(tensor(2f));
        Tensor Select(Tensor pixels)
        {
            seen = pixels;
            return cat([zeros(pixels.shape[0], 1), slope * pixels.flatten(1).mean([1], keepdim: true)], 1);
        }

        using var bias = new Parameter(tensor(-0.5f));
        Tensor Classify(Tensor pixels)
        {
            classified = pixels;
            return cat([zeros(pixels.shape[0], 1), pixels.flatten(1).mean([1], keepdim: true) + bias], 1);
        }

        float[] brightness = [0.9f, 0.9f, 0.1f];
        long[] labels = [1, 0, 0];
        var batch = new TrainingBatch(tensor(brightness).view(-1, 1, 1, 1).expand(-1, 1, 40, 40), tensor(labels));
        using var random = new TrainingRandom(5, 0, 0);
        Tensor loss = new SelectionLoss(Select, Classify, 0.5).PerImage(batch, new TrainingStep(0, 1, random));
        Tensor noise = (seen! - batch.Pixels) / 0.5;
        Assert.Equal(0, noise.mean().item<float>(), 0.05);
        Assert.Equal(1, noise.std().item<float>(), 0.05);
        Assert.True(seen!.eq(classified!).all().item<bool>());
        double[] margins = [.. Enumerable.Range(0, 3).Select(i => 2 * (double)seen[i].mean().item<float>())];
        double[] expected = [Cost(margins[0]), Cost(-margins[1]), Cost(margins[2])];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(expected[i], loss[i].item<float>(), 1e-4);
        }

        loss.sum().backward();
        Assert.NotEqual(0, slope.grad!.item<float>());
        Assert.Null(bias.grad);

        static double Cost(double margin) => Math.Log(1 + Math.Exp(-margin));
    }

    [Fact]
    public void A_selector_behind_a_purifier_sees_what_it_makes_of_noise_at_its_level()
    {
        // The purifier returns its noise's own level everywhere: 2 sigma in network space is (2 sigma + 1) / 2 in pixel space.
        var seen = new List<Tensor>();
        Tensor Answer(Tensor pixels)
        {
            seen.Add(pixels);
            return zeros(pixels.shape[0], 2);
        }

        double deviation = 0;
        Tensor Purify(Tensor noisy, Tensor level)
        {
            deviation = noisy.std().item<float>();
            Assert.Equal(-0.5, noisy.mean().item<float>(), 0.02);
            return level.view(-1, 1, 1, 1).expand(noisy.shape);
        }

        using var random = new TrainingRandom(6, 0, 0);
        var batch = new TrainingBatch(full([20, 1, 40, 40], 0.25), zeros(20, ScalarType.Int64));
        new SelectionLoss(Answer, Answer, 0.25, Purify).PerImage(batch, new TrainingStep(0, 1, random));
        Assert.Equal(0.5, deviation, 0.01);
        Assert.Equal(2, seen.Count);
        Assert.All(seen, pixels => Assert.True(pixels.allclose(full([20, 1, 40, 40], 0.75))));
    }

    [Fact]
    public void Regularization_draws_two_copies_of_one_level_and_none_draws_one()
    {
        using var random = new TrainingRandom(3, 0, 0);
        var batch = new TrainingBatch(full([40, 1, 8, 8], 0.25), zeros(40, ScalarType.Int64));
        var levels = new List<Tensor>();
        Tensor Purify(Tensor noisy, Tensor level)
        {
            levels.Add(level);
            return noisy;
        }

        static Tensor Classify(Tensor pixels) => pixels.flatten(1).narrow(1, 0, 2);
        var none = new PurifiedClassificationLoss(Purify, Classify, new ChosenLevels(0.5, 2));
        none.PerImage(batch, new TrainingStep(0, 1, random));
        Assert.Single(levels);
        levels.Clear();
        var plain = new PurifiedClassificationLoss(
            Purify, Classify, new ChosenLevels(0.5, 2), regularization: new ConsistencyRegularization(lambda: 0, eta: 0, copies: 2));
        var regularized = new PurifiedClassificationLoss(
            Purify, Classify, new ChosenLevels(0.5, 2), regularization: new ConsistencyRegularization(lambda: 3, eta: 0));
        using TrainingRandom first = new(4, 0, 0), again = new(4, 0, 0);
        Tensor without = plain.PerImage(batch, new TrainingStep(0, 1, first));
        Tensor with = regularized.PerImage(batch, new TrainingStep(0, 1, again));
        Assert.Equal(4, levels.Count);
        Assert.True(levels[2].eq(levels[3]).all().item<bool>());
        Assert.True((with > without).all().item<bool>());
    }

    /// <summary>Logits of two probabilities.</summary>
    private static Tensor Row(double first, double second)
    {
        float[] logarithms = [(float)Math.Log(first), (float)Math.Log(second)];
        return tensor(logarithms).view(1, 2);
    }
}
