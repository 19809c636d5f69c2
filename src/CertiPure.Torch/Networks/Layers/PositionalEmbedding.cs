using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>
/// Sines and cosines of the noise level at geometric frequencies from 1 down to about 1/10000 (Vaswani et al. 2017, as used
/// by Ho et al. 2020).
/// </summary>
public sealed class PositionalEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Tensor _frequencies;
    private readonly bool _sinesFirst;

    /// <summary>An embedding into so many channels.</summary>
    /// <param name="channels">An even number.</param>
    /// <param name="endpoint">Whether the lowest frequency is exactly 1/10000 (DDPM++) or the one after the last (ADM).</param>
    /// <param name="sinesFirst">Whether sines come before cosines.</param>
    public PositionalEmbedding(int channels, bool endpoint, bool sinesFirst)
        : base(nameof(PositionalEmbedding))
    {
        _sinesFirst = sinesFirst;
        int half = channels / 2;
        double divisor = half - (endpoint ? 1 : 0);
        _frequencies = tensor(Enumerable.Range(0, half).Select(i => (float)Math.Pow(1e-4, i / divisor)).ToArray());
        register_buffer("frequencies", _frequencies, persistent: false);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor noise)
    {
        using Tensor angles = noise.outer(_frequencies);
        using Tensor sines = angles.sin(), cosines = angles.cos();
        return cat(_sinesFirst ? [sines, cosines] : [cosines, sines], 1);
    }
}
