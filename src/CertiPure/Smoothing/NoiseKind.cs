namespace CertiPure.Smoothing;

/// <summary>Which noise is added to the pixels.</summary>
public enum NoiseKind
{
    /// <summary>Gaussian noise in double precision, rounded once to single precision with the pixel.</summary>
    Normal = 0,

    /// <summary>Gaussian noise rounded to the 1/255 grid of 8-bit images, drawn from integer thresholds: the certificate then
    /// holds bit for bit (Voracek and Hein, ICLR 2023).</summary>
    Exact = 1,
}
