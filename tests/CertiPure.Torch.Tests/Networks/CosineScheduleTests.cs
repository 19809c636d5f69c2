using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class CosineScheduleTests
{
    [Theory]
    [InlineData(0.25, 1158)]
    [InlineData(0.5, 1984)]
    [InlineData(1.0, 2809)]
    public void The_published_sigmas_meet_their_published_steps(double sigma, int step) =>
        Assert.Equal(step, new CosineSchedule().FirstStepAtLeast(2 * sigma));

    [Fact]
    public void Noise_grows_with_every_step_and_the_first_at_least_as_strong_is_found()
    {
        var schedule = new CosineSchedule(200);
        for (int step = 1; step < schedule.Steps; step++)
        {
            Assert.True(schedule.NoiseLevel(step) > schedule.NoiseLevel(step - 1));
            Assert.Equal(step, schedule.FirstStepAtLeast(schedule.NoiseLevel(step)));
        }
    }

    [Fact]
    public void Signal_and_noise_follow_the_squared_cosine_until_the_clip_at_the_end()
    {
        var schedule = new CosineSchedule(4000);
        double Signal(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
        foreach (int step in (int[])[0, 1, 100, 2000, 3900])
        {
            Assert.Equal(Signal((step + 1) / 4000.0) / Signal(0), schedule.AlphaBar(step), 12);
        }
    }

    [Fact]
    public void A_sigma_beyond_the_schedule_is_refused() =>
        Assert.Throws<CertiPureException>(() => new CosineSchedule(10).FirstStepAtLeast(1e9));

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
