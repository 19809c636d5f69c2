using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure.Results;

/// <summary>Which images a run certifies.</summary>
/// <param name="Name">The data set's name as on the command line, or the path's last part.</param>
/// <param name="Split">The split (<c>train</c>, <c>test</c>), or null for folders and files.</param>
/// <param name="Shape">The shape of every image, written <c>3x32x32</c>.</param>
/// <param name="PixelSha256">SHA-256 (lower-case hexadecimal) of all decoded pixels in id order.</param>
public sealed record DataIdentity(
    string Name,
    string? Split,
    [property: JsonConverter(typeof(ImageShapeConverter))] ImageShape Shape,
    string PixelSha256)
{
    /// <summary>What happened to every picture before the noise; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PicturePreparation? Preparation { get; init; }

    /// <summary>The identity of an image source.</summary>
    /// <param name="source">The source that a run reads from.</param>
    public static DataIdentity Of(IImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DataIdentity(source.Name, source.Split, source.Shape, source.PixelSha256) { Preparation = source.Preparation };
    }
}
