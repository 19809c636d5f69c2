using CertiPure.Torch.Backend;
using TorchSharp.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Draws the weights of TorchSharp's own layers inside a network: normal, with biases zero and normalisations the
/// identity.</summary>
internal static class StandardWeights
{
    /// <summary>He et al. 2015, equation 10: what keeps the variance through layers with ReLU.</summary>
    /// <param name="fanIn">The number of inputs of one output.</param>
    public static double He(double fanIn) => Math.Sqrt(2 / fanIn);

    /// <summary>The variance of PyTorch's default, 1 / (3 fan in).</summary>
    /// <param name="fanIn">The number of inputs of one output.</param>
    public static double PyTorch(double fanIn) => Math.Sqrt(1 / (3 * fanIn));

    /// <summary>Draws every layer of the network, in the order in which they were registered.</summary>
    /// <param name="network">The network.</param>
    /// <param name="generator">The source of all randomness.</param>
    /// <param name="deviation">The standard deviation of a weight, given its fan in.</param>
    public static void Draw(nn.Module network, Generator generator, Func<double, double> deviation)
    {
        foreach (nn.Module module in network.modules())
        {
            switch (module)
            {
                case Conv1d layer:
                    Draw(layer.weight!, layer.bias, generator, deviation);
                    break;
                case Conv2d layer:
                    Draw(layer.weight!, layer.bias, generator, deviation);
                    break;
                case Linear layer:
                    Draw(layer.weight!, layer.bias, generator, deviation);
                    break;
                case Embedding layer:
                    layer.weight!.copy_(RandomTensors.Normal(layer.weight.shape, generator));
                    break;
                case LayerNorm layer:
                    layer.weight!.fill_(1);
                    layer.bias!.zero_();
                    break;
                case BatchNorm2d layer:
                    layer.weight!.fill_(1);
                    layer.bias!.zero_();
                    layer.running_mean!.zero_();
                    layer.running_var!.fill_(1);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Draw(Tensor weight, Tensor? bias, Generator generator, Func<double, double> deviation)
    {
        double fanIn = (double)weight.numel() / weight.shape[0];
        weight.copy_(RandomTensors.Normal(weight.shape, generator) * deviation(fanIn));
        bias?.zero_();
    }
}
