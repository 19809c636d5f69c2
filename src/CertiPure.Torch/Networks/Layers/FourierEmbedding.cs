using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>
/// Sines and cosines of the noise level at random frequencies that stay as drawn (Tancik et al. 2020, as used by Song et al.
/// 2021). The frequencies are part of a checkpoint.
/// </summary>
public sealed class FourierEmbedding : nn.Module<Tensor, Tensor>, IFreshWeights
{
    private const double Scale = 16;
    private readonly Tensor _frequencies;
    private readonly bool _sinesFirst;

    /// <summary>An embedding into so many channels, with all frequencies zero.</summary>
    /// <param name="channels">An even number.</param>
    /// <param name="sinesFirst">Whether sines come before cosines.</param>
    public FourierEmbedding(int channels, bool sinesFirst)
        : base(nameof(FourierEmbedding))
    {
        _sinesFirst = sinesFirst;
        _frequencies = zeros(channels / 2);
        register_buffer("freqs", _frequencies);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor noise)
    {
        using Tensor turns = _frequencies * (2 * Math.PI);
        using Tensor angles = noise.outer(turns);
        using Tensor sines = angles.sin(), cosines = angles.cos();
        return cat(_sinesFirst ? [sines, cosines] : [cosines, sines], 1);
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) =>
        _frequencies.copy_(randn(_frequencies.shape, generator: generator) * Scale);
}
