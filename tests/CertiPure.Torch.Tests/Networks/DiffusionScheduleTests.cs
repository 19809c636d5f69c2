using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class DiffusionScheduleTests
{
    [Theory]
    [InlineData(0.25, 1158)]
    [InlineData(0.5, 1984)]
    [InlineData(1.0, 2809)]
    public void The_published_sigmas_meet_their_published_steps(double sigma, int step) =>
        Assert.Equal(step, DiffusionSchedule.Cosine().FirstStepAtLeast(2 * sigma));

    [Fact]
    public void Noise_grows_with_every_step_and_the_first_at_least_as_strong_is_found()
    {
        var schedule = DiffusionSchedule.Cosine(200);
        for (int step = 1; step < schedule.Steps; step++)
        {
            Assert.True(schedule.NoiseLevel(step) > schedule.NoiseLevel(step - 1));
            Assert.Equal(step, schedule.FirstStepAtLeast(schedule.NoiseLevel(step)));
        }
    }

    [Fact]
    public void Signal_and_noise_follow_the_squared_cosine_until_the_clip_at_the_end()
    {
        var schedule = DiffusionSchedule.Cosine(4000);
        double Signal(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
        foreach (int step in (int[])[0, 1, 100, 2000, 3900])
        {
            Assert.Equal(Signal((step + 1) / 4000.0) / Signal(0), schedule.AlphaBar(step), 12);
        }
    }

    [Theory]
    [InlineData(0.25, 145, 0.50316)]
    [InlineData(0.5, 259, 1.00478)]
    [InlineData(1.0, 396, 2.00048)]
    public void The_published_sigmas_meet_the_linear_schedule_at_their_published_steps(double sigma, int step, double level)
    {
        DiffusionSchedule schedule = DiffusionSchedule.Linear();
        Assert.Equal(step, schedule.FirstStepAtLeast(2 * sigma));
        Assert.Equal(level, schedule.NoiseLevel(step), 5);
    }

    [Fact]
    public void Scaled_betas_are_squares_of_a_line()
    {
        DiffusionSchedule schedule = DiffusionSchedule.ScaledLinear(3, 0.01, 0.09);
        Assert.Equal(0.99, schedule.AlphaBar(0), 12);
        Assert.Equal(0.99 * 0.96, schedule.AlphaBar(1), 12);
        Assert.Equal(0.99 * 0.96 * 0.91, schedule.AlphaBar(2), 12);
    }

    [Theory]
    [InlineData(PredictionType.Epsilon)]
    [InlineData(PredictionType.Sample)]
    [InlineData(PredictionType.VPrediction)]
    public void Every_prediction_gives_back_the_image_when_the_network_is_right(PredictionType prediction)
    {
        var preconditioning = new DdpmPreconditioning { Options = new DiffusionOptions { PredictionType = prediction } };
        int step = preconditioning.Schedule.FirstStepAtLeast(1);
        double abar = preconditioning.Schedule.AlphaBar(step), image = 0.3, noise = -1.7;
        double noisy = image + (preconditioning.Schedule.NoiseLevel(step) * noise);
        double output = prediction switch
        {
            PredictionType.Epsilon => noise,
            PredictionType.Sample => image,
            _ => (Math.Sqrt(abar) * noise) - (Math.Sqrt(1 - abar) * image),
        };
        Scalings scalings = preconditioning.At(tensor((float[])[1f]));
        Assert.Equal(image, (scalings.Skip.item<float>() * noisy) + (scalings.Output.item<float>() * output), 5);
        Assert.Equal(Math.Sqrt(abar), scalings.Input.item<float>(), 5);
        Assert.Equal(step, scalings.Noise.item<float>(), 3);
    }

    [Fact]
    public void Metadata_say_which_schedule_it_is_and_are_read_again()
    {
        var linear = new DdpmPreconditioning { Options = new DiffusionOptions { PredictionType = PredictionType.VPrediction } };
        Assert.Equal(linear.Options, Assert.IsType<DdpmPreconditioning>(Preconditioning.From(linear.Metadata)).Options);
        Assert.Equal(["preconditioning"], new DdpmPreconditioning().Metadata.Keys);
        Assert.Equal(
            DiffusionOptions.ImprovedDiffusion,
            Assert.IsType<DdpmPreconditioning>(Preconditioning.From(new DdpmPreconditioning().Metadata)).Options);
        foreach (string hostile in (string[])["", "[]", """{"num_train_timesteps":2000000000}""", """{"beta_end":-1}""", """{"beta_end":1e999}"""])
        {
            Assert.Throws<CertiPureException>(() => Preconditioning.From(
                new Dictionary<string, string> { ["preconditioning"] = "ddpm", ["diffusion"] = hostile }));
        }
    }

    [Fact]
    public void A_sigma_beyond_the_schedule_is_refused() =>
        Assert.Throws<CertiPureException>(() => DiffusionSchedule.Cosine(10).FirstStepAtLeast(1e9));

    [Fact]
    public void The_preconditioning_undoes_noise_that_the_network_knows()
    {
        // x_t / sqrt(abar) = x + level * noise, so subtracting level times the true noise returns x.
        var preconditioning = new DdpmPreconditioning();
        Tensor t = tensor((float[])[0.5f, 2f]);
        Scalings scalings = preconditioning.At(t);
        Assert.Equal([1f, 1f], scalings.Skip.flatten().data<float>().ToArray());
        float[] input = scalings.Input.flatten().data<float>().ToArray();
        float[] output = scalings.Output.flatten().data<float>().ToArray();
        for (int i = 0; i < 2; i++)
        {
            // sqrt(abar) and the level belong to one step: abar (1 + level^2) = 1.
            Assert.Equal(1, input[i] * input[i] * (1 + (output[i] * output[i])), 5);
        }

        Assert.Equal([1158 / 4f, 2809 / 4f], scalings.Noise.data<float>().ToArray());
    }
}
