using CertiPure.Torch.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Backend;

public sealed class OneDnnTests
{
    private const int Amd = 0x68747541, Intel = 0x756E6547;

    [Theory]
    [InlineData(Amd, 0x80000021, 0, true)]
    [InlineData(Amd, 0x80000008, 0x121, true)]
    [InlineData(Amd, 0x80000021, 0x121, false)]
    [InlineData(Intel, 0x80000008, 0, false)]
    public void Caches_are_hidden_where_an_amd_processor_lists_none(int vendor, uint highestLeaf, int caches, bool hidden) =>
        Assert.Equal(hidden, OneDnn.HidesCaches(leaf => leaf switch
        {
            0 => (16, vendor, 0, 0),
            0x80000000 => ((int)highestLeaf, 0, 0, 0),
            0x8000001D => (caches, 0, 0, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(leaf)),
        }));

    /// <summary>With oneDNN on a processor that hides its caches, these were off by their own size.</summary>
    [Theory]
    [InlineData(8, 8, 3)]
    [InlineData(24, 40, 3)]
    [InlineData(12, 20, 5)]
    [InlineData(64, 3, 3)]
    [InlineData(64, 64, 3)]
    public void Convolutions_and_their_gradients_are_those_of_double_precision(int channelsIn, int channelsOut, int kernel)
    {
        foreach ((ScalarType type, double tolerance) in ((ScalarType, double)[])[(ScalarType.Float32, 1e-5), (ScalarType.BFloat16, 0.02)])
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            Tensor image = randn([32, channelsIn, 8, 8], generator: generator).to(type);
            Tensor weights = randn([channelsOut, channelsIn, kernel, kernel], generator: generator).to(type);
            Tensor seed = randn([32, channelsOut, 8, 8], generator: generator).to(type);
            Tensor[] expected = Convolve(image, weights, seed, ScalarType.Float64), actual = Convolve(image, weights, seed, type);
            foreach ((Tensor right, Tensor computed) in expected.Zip(actual))
            {
                double error = (computed.to(ScalarType.Float64) - right).abs().max().item<double>();
                Assert.InRange(error / right.abs().max().item<double>(), 0, tolerance);
            }
        }
    }

    private static Tensor[] Convolve(Tensor image, Tensor weights, Tensor seed, ScalarType type)
    {
        Tensor input = image.detach().to(type).requires_grad_(), kernel = weights.detach().to(type).requires_grad_();
        long same = kernel.shape[2] / 2;
        Tensor output = nn.functional.conv2d(input, kernel, padding: [same, same]);
        (output * seed.to(type)).sum().backward();
        return [output.detach(), input.grad!, kernel.grad!];
    }
}
