using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Networks;

public sealed class CifarResNetTests
{
    [Theory]
    [InlineData(20, 269_722)]
    [InlineData(32, 464_154)]
    [InlineData(44, 658_586)]
    [InlineData(56, 853_018)]
    public void It_has_the_published_number_of_parameters(int depth, long parameters)
    {
        using var network = new CifarResNet(new CifarResNetOptions { Depth = depth });
        Assert.Equal(parameters, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Fresh_weights_fill_every_parameter_with_finite_values_of_the_right_scale()
    {
        using var network = new CifarResNet(new CifarResNetOptions { Depth = 20, Channels = 1, Width = 32 });
        using (no_grad())
        {
            foreach (Tensor tensor in network.state_dict().Values.Where(tensor => tensor.is_floating_point()))
            {
                tensor.fill_(float.NaN);
            }
        }

        FreshWeights.Draw(network, 1);
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            if (tensor.dim() >= 2)
            {
                double expected = Math.Sqrt(2.0 * tensor.shape[0] / tensor.numel());
                Assert.InRange(tensor.std().item<float>(), 0.8 * expected, 1.2 * expected);
            }
            else
            {
                bool isOne = name.EndsWith("running_var", StringComparison.Ordinal)
                    || (name.EndsWith("weight", StringComparison.Ordinal) && name.Contains("bn", StringComparison.Ordinal));
                Assert.True(tensor.eq(isOne ? 1 : 0).all().item<bool>(), name);
            }
        }
    }

    [Fact]
    public void It_computes_what_the_published_resnet20_computes()
    {
        string path = TestData.Path("classifiers", "resnet20-cifar10.torchscript.pt");
        using var noGradient = no_grad();
        using var script = jit.load<Tensor, Tensor>(path);
        script.eval();
        using var network = new CifarResNet(new CifarResNetOptions { Depth = 20 });
        Dictionary<string, Tensor> targets = network.state_dict();
        Tensor mean = tensor((float[])[0.485f, 0.456f, 0.406f]).view(1, 3, 1, 1);
        Tensor deviation = tensor((float[])[0.229f, 0.224f, 0.225f]).view(1, 3, 1, 1);
        Dictionary<string, Tensor> published = script.state_dict();
        foreach ((string name, Tensor target) in targets)
        {
            // The script wraps the network, so its names have something in front.
            string source = Assert.Single(published.Keys, key => ("." + key).EndsWith("." + name, StringComparison.Ordinal)
                && key.Split("layer").Length == name.Split("layer").Length);
            target.copy_(published[source]);
        }

        network.eval();
        using var generator = new Generator(1);
        Tensor images = rand([8, 3, 32, 32], generator: generator);
        Tensor expected = script.forward(images);
        Tensor computed = network.forward((images - mean) / deviation);
        Assert.True((computed - expected).abs().max().item<float>() < 1e-4f * expected.abs().max().item<float>());
    }
}
