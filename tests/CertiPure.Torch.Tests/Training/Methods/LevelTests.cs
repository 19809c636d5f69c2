using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training.Methods;

/// <summary>Every loss tells every network the level of the noise that it sees: on a known image the deviation of what comes in
/// divided by the level is one, whichever network, draw or copy.</summary>
public sealed class LevelTests
{
    private const double Image = 0.2;
    private static readonly NoiseLevels Levels = new ChosenLevels(0.5, 1, 2);

    private static readonly Dictionary<string, Func<Denoise, TrainingLoss>> Losses = new()
    {
        ["edm"] = d => new EdmLoss(d, new LogNormalLevels(-0.4, 0.9)),
        ["ect"] = d => new EctLoss(d, Levels, q: 4, stageSteps: 1),
        ["distillation"] = d => new ConsistencyDistillation(d, d, d, new KarrasSchedule(18), ImageDistance.L2),
        ["training"] = d => new ConsistencyTraining(d, d, new TargetNetwork(new TinyDenoiser(1), new TinyDenoiser(2)), ImageDistance.L2, 6),
        ["improved training"] = d => new ImprovedConsistencyTraining(d),
        ["fine-tuning"] = d => new ReconstructionLoss(d, Levels, ImageDistance.L2),
        ["purified classification"] = d => new PurifiedClassificationLoss(
            d, Answer, Levels, regularization: new ConsistencyRegularization(lambda: 1)),
        ["calibration"] = d => new CalibrationLoss(d, Answer, Levels),
    };

    public static TheoryData<string> Names => [.. Losses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_level_is_that_of_the_noise(string name)
    {
        Assert.InRange(LargestDeviation(name, told: level => level), 0, 0.12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_level_that_is_not_that_of_the_noise_would_be_seen(string name)
    {
        // Twice, sigma in place of t = 2 sigma; and that of another image of the batch.
        Assert.True(LargestDeviation(name, told: level => level / 2) > 0.4);
        Assert.True(LargestDeviation(name, told: level => level.roll(1)) > 0.2);
    }

    [Fact]
    public void A_ddpm_is_told_the_step_of_its_noise()
    {
        var schedule = DiffusionSchedule.Cosine();
        double[] steps = new double[4];
        Tensor PredictNoise(Tensor noisy, Tensor step)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                double alphaBar = schedule.AlphaBar((int)step[i].item<long>());
                Tensor noise = (noisy[i] - (Math.Sqrt(alphaBar) * Image)) / Math.Sqrt(1 - alphaBar);
                Assert.InRange(noise.square().mean().sqrt().item<float>(), 0.9f, 1.1f);
                steps[i] = step[i].item<long>();
            }

            return noisy;
        }

        using var random = new TrainingRandom(7, 0, 0);
        var batch = new TrainingBatch(full([4, 1, 40, 40], (Image + 1) / 2), zeros(4, ScalarType.Int64));
        new DdpmLoss(PredictNoise, schedule).PerImage(batch, new TrainingStep(0, 1, random));
        Assert.Equal(4, steps.Distinct().Count());
        Assert.All(steps, step => Assert.InRange(step, 0, 3999));
    }

    /// <summary>How far deviation / level is from one, at most, over all calls and images.</summary>
    private static double LargestDeviation(string name, Func<Tensor, Tensor> told)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        double largest = 0;
        int calls = 0;

        // The ideal denoiser of this image: a solver's step then lands exactly on the lower level's noise.
        Tensor Denoise(Tensor noisy, Tensor level)
        {
            Tensor deviation = (noisy - Image).square().mean([1, 2, 3]).sqrt();
            largest = Math.Max(largest, ((deviation / told(level)) - 1).abs().max().item<float>());
            calls++;
            return full(noisy.shape, Image);
        }

        using var random = new TrainingRandom(7, 0, 0);
        var batch = new TrainingBatch(full([16, 1, 40, 40], (Image + 1) / 2), zeros(16, ScalarType.Int64));
        Losses[name](Denoise).PerImage(batch, new TrainingStep(5, 10, random));
        Assert.True(calls > 0);
        return largest;
    }

    private static Tensor Answer(Tensor pixels) => pixels.flatten(1).narrow(1, 0, 2);
}
