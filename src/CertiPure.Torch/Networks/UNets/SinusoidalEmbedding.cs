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
    /// <param name="frequencyShift">1 where the last frequency is 1/10000 itself (DDPM, DDPM++), 0 where it is one step short of it
    /// (OpenAI's UNets, ADM).</param>
    /// <param name="sinesFirst">Whether all sines come before all cosines.</param>
    /// <returns><c>[N,channels]</c>: all cosines, then all sines, or the other way round.</returns>
    public static Tensor Embed(Tensor times, int channels, double frequencyShift = 0, bool sinesFirst = false)
    {
        int half = channels / 2;
        Tensor exponents = arange(half, dtype: ScalarType.Float32, device: times.device) / (half - frequencyShift);
        Tensor frequencies = exp(exponents * -Math.Log(MaximumPeriod));
        Tensor angles = times.to(ScalarType.Float32).unsqueeze(1) * frequencies;
        return sinesFirst ? cat([angles.sin(), angles.cos()], 1) : cat([angles.cos(), angles.sin()], 1);
    }
}
