namespace CertiPure.Torch.Networks.UNets;

/// <summary>How <see cref="SongUNet"/> embeds the noise level.</summary>
public enum SongUNetEmbedding
{
    /// <summary>Geometric frequencies (DDPM++).</summary>
    Positional,

    /// <summary>Random frequencies (NCSN++).</summary>
    Fourier,
}
