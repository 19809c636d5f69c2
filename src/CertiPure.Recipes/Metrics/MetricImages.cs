using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Metrics;

/// <summary>Images that a metric reads: those of a data set, a folder or a file, or what a purifier makes of them under one draw of
/// noise each.</summary>
public sealed class MetricImages
{
    private const int HashDigits = 12;

    private readonly IImageSource _images;
    private readonly IReadOnlyList<int> _ids;
    private readonly Func<ImageBatch, IReadOnlyList<LabeledImage>, ImageBatch> _change;

    private MetricImages(
        IImageSource images,
        IReadOnlyList<int> ids,
        string source,
        Func<ImageBatch, IReadOnlyList<LabeledImage>, ImageBatch> change)
    {
        _images = images;
        _ids = ids;
        _change = change;
        Source = source;
    }

    /// <summary>What determines the pixels: data set, split, selection, hash, and for purified images how they were made.</summary>
    public string Source { get; }

    /// <summary>The shape of every image.</summary>
    public ImageShape Shape => _images.Shape;

    /// <summary>The number of images.</summary>
    public int Count => _ids.Count;

    /// <summary>Images as they are.</summary>
    /// <param name="images">The images.</param>
    /// <param name="ids">The ids of those to take.</param>
    public static MetricImages Of(IImageSource images, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(ids);
        return new MetricImages(images, ids, Describe(images, ids), (batch, _) => batch);
    }

    /// <summary>Images under one draw of noise each, purified, and clipped to [0,1] as a viewer would see them. The draws are of the
    /// phase for display, which certifies nothing.</summary>
    /// <param name="images">The images.</param>
    /// <param name="ids">The ids of those to take.</param>
    /// <param name="purifier">The purifier, or null for noisy images.</param>
    /// <param name="description">The purifier in words that name all its result depends on: method, level, precision, weights.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="noise">The noise.</param>
    public static MetricImages Purified(
        IImageSource images, IReadOnlyList<int> ids, IPurifier? purifier, string description, double sigma, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(noise);
        string source = string.Create(
            CultureInfo.InvariantCulture,
            $"{Describe(images, ids)}, {description} at sigma {sigma:R}, {noise.Kind} noise of seed {noise.Seed}");
        return new MetricImages(images, ids, source, (batch, chunk) =>
        {
            var noisy = new ImageBatch(batch.Shape, batch.Count);
            for (int i = 0; i < batch.Count; i++)
            {
                noise.AddNoise(batch[i], chunk[i].Id, NoisePhase.Display, 0, sigma, noisy[i]);
            }

            ImageBatch purified = purifier?.Purify(noisy, sigma) ?? noisy;
            foreach (ref float pixel in purified.Pixels.Span)
            {
                pixel = Math.Clamp(pixel, 0, 1);
            }

            return purified;
        });
    }

    /// <summary>The purifier of a run, in words that name all its result depends on.</summary>
    /// <param name="experiment">The run's experiment.</param>
    /// <param name="precision">The arithmetic in which the purifier computes now.</param>
    public static string Describe(Experiment experiment, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        string word = Choice.Word(precision);
        string arithmetic = word == experiment.Precision ? word : $"{word} in place of {experiment.Precision}";
        PurifierIdentity purifier = experiment.Purifier;
        string label = purifier.Label is { } fixedLabel ? $", class {fixedLabel}" : "";
        return experiment.Weights.TryGetValue("purifier", out string? hash)
            ? $"purified by {purifier.Method} ({purifier.Level}{label}, {arithmetic}, weights {hash[..HashDigits]})"
            : "noisy";
    }

    /// <summary>Reads the images in order.</summary>
    /// <param name="batchSize">The number of images of each batch but the last.</param>
    /// <returns><c>[N,C,H,W]</c> in pixel space, [0,1].</returns>
    /// <exception cref="CertiPureException">An image cannot be read.</exception>
    public IEnumerable<ImageBatch> Batches(int batchSize = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        foreach (int[] chunk in _ids.Chunk(batchSize))
        {
            LabeledImage[] images = [.. chunk.Select(_images.Read)];
            var batch = new ImageBatch(Shape, images.Length);
            for (int i = 0; i < images.Length; i++)
            {
                images[i].CopyPixels(batch[i]);
            }

            yield return _change(batch, images);
        }
    }

    private static string Describe(IImageSource images, IReadOnlyList<int> ids)
    {
        string split = images.Split is null ? "" : $" {images.Split}";
        string all = ids.Count == images.Count ? "all" : Hash(string.Join(',', ids));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{images.Name}{split}, {ids.Count} images ({all} of pixels {images.PixelSha256[..HashDigits]})");
    }

    private static string Hash(string text) =>
        "selection " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashDigits];
}
