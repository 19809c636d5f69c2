using CertiPure.Torch.Backend;
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
    // TorchSharp finds these by their registered names when it converts or moves the layer.
    private readonly Tensor freqs;

    /// <summary>An embedding into so many channels, with all frequencies zero.</summary>
    /// <param name="channels">An even number.</param>
    public FourierEmbedding(int channels)
        : base(nameof(FourierEmbedding))
    {
        freqs = zeros(channels / 2);
        register_buffer("freqs", freqs);
    }

    /// <summary>Embeds levels.</summary>
    /// <param name="noise"><c>[N]</c>.</param>
    /// <returns><c>[N,channels]</c>: all cosines, then all sines.</returns>
    public override Tensor forward(Tensor noise)
    {
        using Tensor turns = freqs.to(noise.dtype) * (2 * Math.PI);
        using Tensor angles = noise.outer(turns);
        using Tensor cosines = angles.cos(), sines = angles.sin();
        return cat([cosines, sines], 1);
    }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) =>
        freqs.copy_(RandomTensors.Normal(freqs.shape, generator) * Scale);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
