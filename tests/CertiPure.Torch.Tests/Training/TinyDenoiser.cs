using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>A denoiser of a few dozen weights, with dropout, that knows its noise level.</summary>
internal sealed class TinyDenoiser : nn.Module
{
    private readonly TorchSharp.Modules.Conv2d first;
    private readonly TorchSharp.Modules.Conv2d last;
    private readonly TorchSharp.Modules.Dropout dropout;

    public TinyDenoiser(long seed = 1, double dropoutProbability = 0.2)
        : base(nameof(TinyDenoiser))
    {
        random.manual_seed(seed);
        first = nn.Conv2d(2, 6, 3, padding: 1);
        last = nn.Conv2d(6, 1, 3, padding: 1);
        dropout = nn.Dropout(dropoutProbability);
        RegisterComponents();
    }

    public Tensor Denoise(Tensor noisy, Tensor level)
    {
        Tensor t = level.view(-1, 1, 1, 1);
        Tensor input = cat([noisy / (1 + t), t.log().expand(noisy.shape)], 1).to(first.weight!.dtype);
        Tensor output = last.call(dropout.call(nn.functional.silu(first.call(input)))).to(ScalarType.Float32);
        return (noisy / (1 + (4 * t.square()))) + (t / (1 + t) * output);
    }
}
