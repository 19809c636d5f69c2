using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>Losses on denoisers D(y, t) = a y + b t of two weights, for which values and gradients follow by hand.</summary>
public sealed class LossTests : IDisposable
{
    private readonly Parameter _a = new(tensor(0.7f));
    private readonly Parameter _b = new(tensor(0.2f));
    private readonly Tensor _x = Numbers(0.5f, -0.25f).view(2, 1, 1, 1);
    private readonly Tensor _noise = Numbers(1.5f, -0.5f).view(2, 1, 1, 1);

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }

    [Fact]
    public void Ect_differentiates_the_upper_answer_only()
    {
        Tensor t = Numbers(1f, 2f), r = Numbers(0.5f, 1.5f);
        new EctLoss(Linear, new ChosenLevels(1), q: 2).PerImage(_x, t, r, _noise).sum().backward();

        // |D(y_t, t) - D(y_r, r)| / (t - r) = |a n + b|: its gradient through both would be sign * (n, 1).
        double expectedA = 0, expectedB = 0;
        for (int i = 0; i < 2; i++)
        {
            double n = _noise[i].item<float>(), level = t[i].item<float>();
            double sign = Math.Sign((0.7 * n) + 0.2);
            expectedA += sign * (_x[i].item<float>() + (level * n)) / 0.5;
            expectedB += sign * level / 0.5;
        }

        Assert.Equal(expectedA, _a.grad!.item<float>(), 1e-4);
        Assert.Equal(expectedB, _b.grad!.item<float>(), 1e-4);
    }

    [Fact]
    public void Ect_takes_the_image_itself_as_target_where_the_lower_level_is_zero()
    {
        Tensor t = Numbers(0.1f, 0.2f);
        Tensor loss = new EctLoss(Linear, new ChosenLevels(1), q: 2).PerImage(_x, t, zeros(2), _noise);
        for (int i = 0; i < 2; i++)
        {
            double level = t[i].item<float>(), x = _x[i].item<float>();
            double answer = (0.7 * (x + (level * _noise[i].item<float>()))) + (0.2 * level);
            Assert.Equal(Math.Abs(answer - x) / level, loss[i].item<float>(), 1e-4);
        }
    }

    [Fact]
    public void Distillation_steps_with_the_teacher_compares_with_the_target_and_differentiates_the_student()
    {
        // The teacher is exact for the image x: the Heun step lands on x + r n whatever the levels.
        Tensor Teacher(Tensor y, Tensor level) => _x;
        Tensor? targetInput = null, targetLevel = null;
        Tensor Target(Tensor y, Tensor level)
        {
            Assert.False(is_grad_enabled());
            (targetInput, targetLevel) = (y, level);
            return 0.1 * y;
        }

        Tensor t = Numbers(1f, 2f), r = Numbers(0.5f, 1.25f);
        var loss = new ConsistencyDistillation(Linear, Target, Teacher, new KarrasSchedule(18), ImageDistance.L2);
        Tensor values = loss.PerImage(_x, t, r, _noise);
        Tensor landing = _x + (r.view(2, 1, 1, 1) * _noise);
        Assert.True(targetInput!.allclose(landing, 1e-5, 1e-6));
        Assert.True(targetLevel!.allclose(r));
        Tensor expected = (Linear(_x + (t.view(2, 1, 1, 1) * _noise), t) - (0.1 * landing)).square().view(2);
        Assert.True(values.allclose(expected, 1e-5, 1e-6));
        values.sum().backward();
        double gradient = 0;
        for (int i = 0; i < 2; i++)
        {
            double y = _x[i].item<float>() + (t[i].item<float>() * _noise[i].item<float>());
            gradient += 2 * ((0.7 * y) + (0.2 * t[i].item<float>()) - (0.1 * landing[i].item<float>())) * y;
        }

        Assert.Equal(gradient, _a.grad!.item<float>(), 1e-4);
    }

    [Fact]
    public void Consistency_training_steps_along_the_line_to_the_clean_image()
    {
        Tensor? targetInput = null;
        Tensor Target(Tensor y, Tensor level)
        {
            targetInput = y;
            return y;
        }

        Tensor t = Numbers(1f, 2f), r = Numbers(0.5f, 1.25f);
        new ConsistencyTraining(Linear, Target, new TargetNetwork(new TinyDenoiser(1), new TinyDenoiser(2)), ImageDistance.L1)
            .PerImage(_x, t, r, _noise);
        Assert.True(targetInput!.allclose(_x + (r.view(2, 1, 1, 1) * _noise), 1e-5, 1e-6));
    }

    [Fact]
    public void The_grid_of_consistency_training_grows_and_its_target_slows_down()
    {
        var loss = new ConsistencyTraining(
            Linear, Linear, new TargetNetwork(new TinyDenoiser(1), new TinyDenoiser(2)), ImageDistance.L1);
        Assert.Equal(2, loss.Scales(0, 1000));
        Assert.Equal(107, loss.Scales(500, 1000));
        Assert.Equal(151, loss.Scales(1000, 1000));
        Assert.Equal(0.81, loss.TargetDecay(0, 1000), 12);
        Assert.Equal(Math.Exp(2 * Math.Log(0.9) / 150), loss.TargetDecay(1000, 1000), 12);
    }

    [Fact]
    public void The_grid_of_improved_consistency_training_doubles_eight_times()
    {
        var loss = new ImprovedConsistencyTraining(Linear);
        Assert.Equal(
            [11, 21, 41, 81, 161, 321, 641, 1281],
            Enumerable.Range(0, 8).Select(k => loss.Scales(k * 100, 800)));
        Assert.Equal(1281, loss.Scales(800, 800));
    }

    [Fact]
    public void A_target_network_starts_as_the_student_and_follows_it()
    {
        using var student = new TinyDenoiser(1);
        using var target = new TinyDenoiser(2);
        var follower = new TargetNetwork(student, target);
        Assert.All(target.named_parameters(), entry => Assert.True(entry.parameter.allclose(Find(student, entry.name))));
        Dictionary<string, Tensor> before = target.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.clone());
        using (no_grad())
        {
            foreach (Tensor parameter in student.parameters())
            {
                parameter.add_(1);
            }
        }

        follower.Follow(0.75);
        Assert.All(target.named_parameters(), entry => Assert.True(entry.parameter.allclose(before[entry.name] + 0.25, 1e-4, 1e-5)));
        Assert.All(target.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    public void Fine_tuning_feeds_the_network_the_level_of_the_noise_it_added()
    {
        Tensor? seen = null;
        Tensor Denoise(Tensor y, Tensor level)
        {
            seen = level;
            return y;
        }

        using var random = new TrainingRandom(3, 0, 0);
        var batch = new TrainingBatch(full([4000, 1, 1, 1], 0.5), zeros(4000, ScalarType.Int64));
        Tensor distances = new ReconstructionLoss(Denoise, new ChosenLevels(0.5, 1, 2), ImageDistance.L2)
            .PerImage(batch, new TrainingStep(0, 1, random));
        foreach (float level in (float[])[0.5f, 1, 2])
        {
            Tensor of = distances.masked_select(seen!.eq(level));
            Assert.InRange(of.numel(), 1200, 1470);
            Assert.InRange(of.mean().item<float>() / (level * level), 0.85, 1.15);
        }
    }

    [Fact]
    public void Edm_weighs_every_level_so_that_a_network_of_zeros_loses_one()
    {
        // With F = 0, D = c_skip y, and E (D - x)^2 w = 1 for images of deviation .5.
        Tensor Zero(Tensor y, Tensor level) => y * (0.25 / (level.square() + 0.25)).view(-1, 1, 1, 1);
        using var random = new TrainingRandom(4, 0, 0);
        Tensor x = 0.5 * random.Normal(5, 1, 100, 100);
        Tensor t = Numbers(0.02f, 0.3f, 1f, 3f, 20f);
        Tensor loss = new EdmLoss(Zero, new ChosenLevels(1)).PerImage(x, t, random.Normal(5, 1, 100, 100));
        Assert.True(loss.allclose(ones(5), 0.05, 0.05));
    }

    [Fact]
    public void Truncated_levels_keep_the_shape_of_the_rest_and_never_exceed_the_maximum()
    {
        using var random = new TrainingRandom(5, 0, 0);
        Tensor levels = new LogNormalLevels(-0.4, 1.2, maximum: 3).Draw(20000, random);
        Assert.InRange(levels.max().item<float>(), 2.9f, 3f);
        Assert.True(levels.min().item<float>() > 0);

        // P[t < e^-.4 | t <= 3] = .5 / Phi((ln 3 + .4) / 1.2) = .5 / .8941.
        Assert.Equal(0.5592, (levels < Math.Exp(-0.4)).to(ScalarType.Float32).mean().item<float>(), 0.015);
    }

    [Fact]
    public void The_euclidean_distance_of_equal_images_has_gradient_zero()
    {
        var image = new Parameter(ones(1, 1, 2, 2));
        ImageDistance.PseudoHuber(image, ones(1, 1, 2, 2), 0).sum().backward();
        Assert.Equal(0, image.grad!.abs().max().item<float>());
    }

    private static Tensor Numbers(params float[] values) => tensor(values);

    private static Parameter Find(nn.Module module, string name) =>
        module.named_parameters().Single(entry => entry.name == name).parameter;

    private Tensor Linear(Tensor y, Tensor level) => (_a * y) + (_b * level.view(-1, 1, 1, 1));
}
