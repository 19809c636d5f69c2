using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training.Methods;

/// <summary>The gradient of every consistency loss is that with the target as a constant, on a network where a gradient through the
/// target would be another one.</summary>
public sealed class TargetGradientTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TinyDenoiser _network = new(seed: 3, dropoutProbability: 0);
    private readonly TinyDenoiser _teacher = new(seed: 4, dropoutProbability: 0);
    private readonly Tensor _x;
    private readonly Tensor _noise;
    private readonly Tensor _t = tensor(new[] { 0.6f, 1.1f, 1.9f, 2.5f });
    private readonly Tensor _r = tensor(new[] { 0.4f, 0.8f, 1.2f, 2.2f });

    public TargetGradientTests()
    {
        using var random = new TrainingRandom(8, 0, 0);
        _x = (0.5 * random.Normal(4, 1, 8, 8)).clamp(-1, 1);
        _noise = random.Normal(4, 1, 8, 8);
    }

    private static Tensor Wide(Tensor levels) => levels.view(-1, 1, 1, 1);

    public void Dispose()
    {
        _network.Dispose();
        _teacher.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Of_tuning() => Check(
        () => new EctLoss(_network.Denoise, new ChosenLevels(1), q: 2, huber: 0.03).PerImage(_x, _t, _r, _noise),
        target => ImageDistance.PseudoHuber(Upper(), target, 0.03) / (_t - _r),
        _x + (Wide(_r) * _noise));

    [Fact]
    public void Of_distillation() => Check(
        () => new ConsistencyDistillation(_network.Denoise, _network.Denoise, _teacher.Denoise, new KarrasSchedule(18), ImageDistance.L2)
            .PerImage(_x, _t, _r, _noise),
        target => ImageDistance.L2(Upper(), target),
        HeunStep());

    [Fact]
    public void Of_training()
    {
        using var student = new TinyDenoiser(1);
        using var target = new TinyDenoiser(2);
        Check(
            () => new ConsistencyTraining(_network.Denoise, _network.Denoise, new TargetNetwork(student, target), ImageDistance.L1)
                .PerImage(_x, _t, _r, _noise),
            constant => ImageDistance.L1(Upper(), constant),
            _x + (Wide(_r) * _noise));
    }

    [Fact]
    public void Of_improved_training() => Check(
        () => new ImprovedConsistencyTraining(_network.Denoise).PerImage(_x, _t, _r, _noise),
        target => ImageDistance.PseudoHuber(Upper(), target, 0.00054 * 8),
        _x + (Wide(_r) * _noise));

    private Tensor Upper() => _network.Denoise(_x + (Wide(_t) * _noise), _t);

    /// <summary>Karras et al. 2022, algorithm 1, with the teacher's answers written out.</summary>
    private Tensor HeunStep()
    {
        using var noGradient = no_grad();
        Tensor y = _x + (Wide(_t) * _noise);
        Tensor slope = (y - _teacher.Denoise(y, _t)) / Wide(_t);
        Tensor there = y + ((Wide(_r) - Wide(_t)) * slope);
        Tensor second = (there - _teacher.Denoise(there, _r)) / Wide(_r);
        return y + ((Wide(_r) - Wide(_t)) * (0.5 * (slope + second)));
    }

    private void Check(Func<Tensor> loss, Func<Tensor, Tensor> withTarget, Tensor lower)
    {
        Tensor constant;
        using (no_grad())
        {
            constant = _network.Denoise(lower, _r);
        }

        Tensor found = Gradient(loss);
        Tensor expected = Gradient(() => withTarget(constant));
        Tensor leaked = Gradient(() => withTarget(_network.Denoise(lower, _r)));
        double scale = expected.norm().item<float>();
        Assert.InRange((found - expected).norm().item<float>(), 0, 1e-4 * scale);
        Assert.True((leaked - expected).norm().item<float>() > 0.1 * scale, "A leak would not be seen here.");
    }

    private Tensor Gradient(Func<Tensor> loss)
    {
        _network.zero_grad();
        loss().sum().backward();
        return cat([.. _network.parameters().Select(parameter => parameter.grad!.flatten())]).clone();
    }
}
