using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Optimization;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>Twelve steps with known gradients, against PyTorch's own optimizers (1.13, 64-bit).</summary>
public sealed class OptimizerTests
{
    [Theory]
    [InlineData(OptimizerRule.Adam, 0, -0.050359, -0.4381848, 1.4111638)]
    [InlineData(OptimizerRule.RAdam, 0, 0.2908914, -0.5552864, 1.6631373)]
    [InlineData(OptimizerRule.Adam, 0.1, -0.0624365, -0.3994572, 1.3116972)]
    public void The_steps_are_those_of_the_reference(OptimizerRule rule, double decay, double first, double second, double third)
    {
        using Tensor curvature = Values(1, 2, 0.5f);
        using Tensor weight = Values(0.5f, -1, 2);
        var options = new TrainerOptions
        {
            Steps = 12,
            Optimizer = rule,
            LearningRate = 0.05,
            Beta2 = 0.99,
            WeightDecay = decay,
        };
        using var optimizer = new AdamOptimizer([("weight", weight)], options);
        for (int step = 0; step < 12; step++)
        {
            using Tensor gradient = (weight * curvature) + (0.3f * (step % 3));
            optimizer.Step([gradient], step, scale: 1);
        }

        Assert.Equal(first, weight[0].item<float>(), 2e-5);
        Assert.Equal(second, weight[1].item<float>(), 2e-5);
        Assert.Equal(third, weight[2].item<float>(), 2e-5);
    }

    private static Tensor Values(params float[] values) => tensor(values);
}
