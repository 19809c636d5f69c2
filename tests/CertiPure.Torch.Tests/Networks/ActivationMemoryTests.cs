using CertiPure.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

/// <summary>Activations are freed as the forward pass goes on: a deeper network does not hold more of them.</summary>
[Collection(nameof(AloneTests))]
public sealed class ActivationMemoryTests
{
    private const string Transformer =
        """{"num_labels":10,"image_size":32,"patch_size":8,"hidden_size":32,"num_attention_heads":4,"intermediate_size":64,"num_hidden_layers":""";

    [Theory]
    [InlineData("CifarResNet", """{"depth":14}""", """{"depth":32}""")]
    [InlineData("ResNet110", """{"depth":14}""", """{"depth":32}""")]
    [InlineData("WideResNet", """{"depth":16,"widen_factor":1}""", """{"depth":34,"widen_factor":1}""")]
    [InlineData("VisionTransformer", Transformer + "2}", Transformer + "5}")]
    public void A_deeper_network_holds_no_more_tensors_at_once(string architecture, string shallow, string deep) =>
        Assert.Equal(MostTensors(architecture, shallow, 32), MostTensors(architecture, deep, 32));

    // Both have far more layers than that, each with an activation or three.
    [Theory]
    [InlineData("InceptionV3", "{}", 30)]
    [InlineData("ResNet50", """{"num_classes":10}""", 20)]
    [InlineData("Vgg16", """{"num_classes":10}""", 10)]
    public void A_network_of_one_depth_holds_few_tensors_at_once(string architecture, string arguments, long most) =>
        Assert.InRange(MostTensors(architecture, arguments, 64), 1, most);

    private static long MostTensors(string architecture, string arguments, int side)
    {
        using var network = Architecture.Named(architecture).Create<nn.Module<Tensor, Tensor>>(arguments);
        FreshWeights.Draw(network, 1);
        network.eval();
        using IDisposable inference = inference_mode();
        using Tensor input = zeros([1, 3, side, side]);
        using DisposeScope scope = NewDisposeScope();

        // What other tests left to the garbage collector would be counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount, most = 0;
        foreach (nn.Module<Tensor, Tensor> layer in network.modules().OfType<nn.Module<Tensor, Tensor>>())
        {
            layer.register_forward_hook((_, _, output) =>
            {
                most = Math.Max(most, Tensor.TotalCount - before);
                return output;
            });
        }

        network.call(input);
        return most;
    }
}
