using System.Security.Cryptography;

namespace CertiPure.Images;

/// <summary>Images in files of their own, decoded when they are read. All have one shape.</summary>
public sealed class ImageFiles : IImageSource
{
    private const long MostBytes = 64L << 20;

    private readonly IReadOnlyList<(string Path, int? Label)> _files;
    private readonly IImageDecoder _decoder;
    private readonly string? _folder;
    private readonly Lazy<string> _hash;

    /// <summary>Names the files; the first is decoded at once to learn the shape.</summary>
    /// <param name="name">The data set's name as on the command line, or the path's last part.</param>
    /// <param name="split">The split, or null.</param>
    /// <param name="files">Path and label of every image in id order.</param>
    /// <param name="classNames">The classes' names in label order; empty where labels are unknown.</param>
    /// <param name="decoder">Reads the files' formats.</param>
    /// <param name="folder">The folder below which <see cref="LabeledImage.File"/> begins; null for the files' names alone.</param>
    /// <exception cref="CertiPureException">There are no files, a label has no class, or the first file is not an image.</exception>
    public ImageFiles(
        string name,
        string? split,
        IReadOnlyList<(string Path, int? Label)> files,
        IReadOnlyList<string> classNames,
        IImageDecoder decoder,
        string? folder = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(decoder);
        if (files.Count == 0)
        {
            throw new CertiPureException($"{name} holds no images; name a folder with PNG or JPEG files, or with a folder of them per class.");
        }

        foreach ((string path, int? label) in files)
        {
            if (label is { } known && (uint)known >= (uint)classNames.Count)
            {
                throw new CertiPureException(
                    $"{path} has label {known}, but there are only the classes 0 to {classNames.Count - 1}; correct the labels.");
            }
        }

        Name = name;
        Split = split;
        ClassNames = classNames;
        _files = files;
        _decoder = decoder;
        _folder = folder;
        _hash = new Lazy<string>(Hash);
        Shape = Decode(0).Shape;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string? Split { get; }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int Count => _files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public string PixelSha256 => _hash.Value;

    /// <inheritdoc/>
    public LabeledImage Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        LabeledImage image = Decode(id);
        return image.Shape == Shape
            ? image
            : throw new CertiPureException(
                $"{_files[id].Path} is {image.Shape}, but the first image is {Shape}; make them all one size.");
    }

    private LabeledImage Decode(int id)
    {
        (string path, int? label) = _files[id];
        return _decoder.Decode(DataFile.Read(path, MostBytes), path) with { Id = id, Label = label, File = FileName(path) };
    }

    private string FileName(string path) =>
        (_folder is null ? Path.GetFileName(path) : Path.GetRelativePath(_folder, path)).Replace('\\', '/');

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int id = 0; id < Count; id++)
        {
            hash.AppendData(Read(id).Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
