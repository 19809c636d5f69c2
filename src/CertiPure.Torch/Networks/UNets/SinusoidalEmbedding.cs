using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The embedding of time by cosines and sines of geometrically spaced frequencies (Vaswani et al. 2017, section
/// 3.5; Ho et al. 2020).</summary>
public static class SinusoidalEmbedding
{
    private const double MaximumPeriod = 10000;

    /// <summary>Embeds times.</summary>
    /// <param name="times"><c>[N]</c>.</param>
    /// <param name="channels">The number of channels, even.</param>
    /// <param name="endpoint">Whether the last frequency is 1/10000 itself (DDPM++) or one step short of it (OpenAI's
    /// UNets, ADM).</param>
    /// <returns><c>[N,channels]</c>: all cosines, then all sines.</returns>
    public static Tensor Embed(Tensor times, int channels, bool endpoint = false)
    {
        int half = channels / 2;
        Tensor exponents = arange(half, dtype: ScalarType.Float32, device: times.device) / (endpoint ? half - 1 : half);
        Tensor frequencies = exp(exponents * -Math.Log(MaximumPeriod));
        Tensor angles = times.to(ScalarType.Float32).unsqueeze(1) * frequencies;
        return cat([angles.cos(), angles.sin()], 1);
    }
}
