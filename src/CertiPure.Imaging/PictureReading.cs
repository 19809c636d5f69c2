namespace CertiPure.Imaging;

/// <summary>What the hints in a picture file do that are meant for showing it.</summary>
public enum PictureReading
{
    /// <summary>A camera's orientation is applied, transparency is laid over white, animations are refused: for a picture that
    /// somebody looks at.</summary>
    Shown,

    /// <summary>The stored pixels: no orientation, transparency dropped, the first frame of an animation. So torchvision's loader
    /// reads a data set (Pillow's <c>Image.open(file).convert("RGB")</c>).</summary>
    Stored,
}
