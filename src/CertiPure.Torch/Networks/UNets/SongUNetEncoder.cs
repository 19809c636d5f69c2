namespace CertiPure.Torch.Networks.UNets;

/// <summary>The encoder of <see cref="SongUNet"/>.</summary>
public enum SongUNetEncoder
{
    /// <summary>The image enters at the finest level only (DDPM++).</summary>
    Standard,

    /// <summary>The image is downsampled beside the encoder and added at each level (NCSN++).</summary>
    Residual,
}
