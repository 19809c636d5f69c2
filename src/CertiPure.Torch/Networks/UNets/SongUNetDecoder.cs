namespace CertiPure.Torch.Networks.UNets;

/// <summary>The decoder of <see cref="SongUNet"/>.</summary>
public enum SongUNetDecoder
{
    /// <summary>The image leaves at the finest level only.</summary>
    Standard,
}
