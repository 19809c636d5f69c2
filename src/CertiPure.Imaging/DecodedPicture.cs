using CertiPure.Images;

namespace CertiPure.Imaging;

/// <summary>A picture file's pixels.</summary>
/// <param name="Image">The image with id 0 and no label; one channel where the file stores grey.</param>
/// <param name="Frames">The frames of the file, of which the image is the first.</param>
public sealed record DecodedPicture(LabeledImage Image, int Frames);
