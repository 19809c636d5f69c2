using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using CertiPure.Images;
using CertiPure.Imaging;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>
/// Pictures of the user's own, of one shape: found in a folder or file by the form that fits what is there, decoded, prepared, and given
/// the same number of channels. Ids count the pictures that are kept.
/// </summary>
public sealed class OwnPictures : IImageSource
{
    /// <summary>Pixels that are kept rather than decoded again when they are read.</summary>
    private const long KeptBytes = 1L << 29;

    private static readonly ImageForm[] Forms =
        [new CifarForm(), new IdxForm(), new ParquetForm(), new WebDatasetForm(), new NpzForm(), new FolderForm(), new SingleForm()];

    private readonly PictureList _list;
    private readonly PicturePreparation _preparation;
    private readonly Found[] _found;
    private readonly Lazy<string> _hash;

    private OwnPictures(PictureList list, PicturePreparation preparation, Found[] found, ImageShape shape, string summary)
    {
        _list = list;
        _preparation = preparation;
        _found = found;
        Shape = shape;
        Summary = summary;
        _hash = new Lazy<string>(Hash);
    }

    /// <summary>The forms that are read, each in a few words.</summary>
    public static IReadOnlyList<string> Descriptions => [.. Forms.Select(form => form.Description)];

    /// <inheritdoc/>
    public string Name => _list.Name;

    /// <inheritdoc/>
    public string? Split => _list.Split;

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int Count => _found.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => _list.ClassNames;

    /// <inheritdoc/>
    public string PixelSha256 => _hash.Value;

    /// <inheritdoc/>
    public PicturePreparation? Preparation => _preparation.IsNone ? null : _preparation;

    /// <inheritdoc/>
    public string Summary { get; }

    /// <summary>Opens a folder or file.</summary>
    /// <param name="path">An existing path.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="CertiPureException">There are no pictures, they have several sizes, something is left out where that is an error, or
    /// the set is damaged.</exception>
    public static OwnPictures Open(string path, PictureOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Preparation.Validate();
        PictureList list;
        try
        {
            ImageForm form = Forms.First(form => form.Fits(path));
            if (options.LabelsFile is not null && form is not FolderForm)
            {
                throw new CertiPureException(
                    $"{path} is not a folder of pictures, so a table of labels cannot belong to it.", ErrorReason.InvalidArgument);
            }

            list = form.Read(path, options);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }

        return Survey(path, list, options);
    }

    /// <inheritdoc/>
    public LabeledImage Read(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        Found found = _found[id];
        LabeledImage image = found.Kept is { } kept
            ? new LabeledImage(0, null, found.Shape, kept)
            : _preparation.Apply(found.Picture.Decode().Image, found.Name);
        return WithChannels(image, Shape.Channels) with { Id = id, Label = found.Picture.Label, File = found.Picture.File };
    }

    private static OwnPictures Survey(string path, PictureList list, PictureOptions options)
    {
        var found = new Found?[list.Pictures.Count];
        var damaged = new ConcurrentDictionary<int, LeftOut>();
        var refused = new ConcurrentDictionary<int, CertiPureException>();
        long kept = 0;
        Parallel.For(0, found.Length, i =>
        {
            Picture picture = list.Pictures[i];
            string name = picture.File ?? $"picture {i}";
            DecodedPicture decoded;
            try
            {
                decoded = picture.Decode();
            }
            catch (CertiPureException error)
            {
                damaged[i] = new LeftOut(name, error.Message);
                return;
            }

            LabeledImage image;
            try
            {
                image = options.Preparation.Apply(decoded.Image, name);
            }
            catch (CertiPureException error)
            {
                refused[i] = error;
                return;
            }

            bool keep = Interlocked.Add(ref kept, image.Bytes.Length) <= KeptBytes;
            found[i] = new Found(
                picture, name, image.Shape, decoded.Image.Shape, decoded.Frames, keep ? image.Bytes : (ReadOnlyMemory<byte>?)null);
        });
        if (!refused.IsEmpty)
        {
            throw refused.MinBy(pair => pair.Key).Value;
        }

        Found[] whole = [.. found.OfType<Found>()];
        LeftOut[] undecoded = [.. damaged.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
        if (whole.Length == 0)
        {
            if (undecoded is [var only] && list.Pictures.Count == 1 && list.LeftOut.Count == 0)
            {
                throw new CertiPureException(only.Kind);
            }

            throw new CertiPureException(
                undecoded.Length > 0
                    ? $"{path} holds no picture that can be decoded: {undecoded[0].Kind}"
                    : $"{path} holds no pictures{LeftOutWords(list.LeftOut, undecoded, " (left out: ", ")")}; what is read is "
                        + $"{string.Join("; ", Descriptions)}.");
        }

        int channels = whole.Count(one => one.Shape.Channels == 3) * 2 >= whole.Length ? 3 : 1;
        string summary = Summarize(list, whole, undecoded, channels, options.Preparation);
        if (options.Strict && (undecoded.Length > 0 || list.LeftOut.Count > 0))
        {
            throw new CertiPureException($"{path}: {summary}; remove or correct what is left out.", ErrorReason.Refused);
        }

        (int Height, int Width)[] sizes = [.. whole.Select(one => (one.Shape.Height, one.Shape.Width)).Distinct()];
        return sizes.Length == 1
            ? new OwnPictures(list, options.Preparation, whole, new ImageShape(channels, sizes[0].Height, sizes[0].Width), summary)
            : throw new CertiPureException(
                $"The pictures of {path} have {sizes.Length} sizes ({SizesOf(whole)}), and a classifier takes one.", ErrorReason.SizesDiffer);
    }

    private static string Summarize(
        PictureList list, Found[] whole, LeftOut[] undecoded, int channels, PicturePreparation preparation)
    {
        int sizes = whole.Select(one => (one.Original.Height, one.Original.Width)).Distinct().Count();
        int recoloured = whole.Count(one => one.Shape.Channels != channels), animations = whole.Count(one => one.Frames > 1);
        int unlabelled = list.ClassNames.Count == 0 ? 0 : whole.Count(one => one.Picture.Label is null);
        string size = sizes == 1
            ? $"of {whole[0].Original.Width}x{whole[0].Original.Height} pixels"
            : $"in {sizes} sizes";
        string classes = list.ClassNames.Count == 0 ? "without labels "
            : $"of {list.ClassNames.Count} class{(list.ClassNames.Count == 1 ? "" : "es")} ";
        return $"{Counted(whole.Length, "image")} {classes}{size}"
            + (list.Split is null ? "" : $", split {list.Split}")
            + (preparation.IsNone ? "" : $" ({preparation})")
            + (recoloured == 0 ? "" : channels == 3 ? $"; {recoloured} grey given three channels" : $"; {recoloured} coloured turned grey")
            + (animations == 0 ? "" : $"; {animations} of several frames by the first")
            + (unlabelled == 0 ? "" : $"; {unlabelled} without a label")
            + LeftOutWords(list.LeftOut, undecoded, $"; {Counted(list.LeftOut.Count + undecoded.Length, "file")} left out: ", "");
    }

    /// <summary>The files left out, by kind: <c>2 .txt, 1 .heic, 1 that cannot be decoded (bus/7.jpg)</c>; empty for none.</summary>
    private static string LeftOutWords(IReadOnlyList<LeftOut> leftOut, LeftOut[] undecoded, string before, string after)
    {
        IEnumerable<string> kinds = leftOut.GroupBy(one => one.Kind).OrderByDescending(group => group.Count())
            .Select(group => $"{group.Count()} {group.Key}{(group.Key.StartsWith('.') ? "" : $" ({Some(group)})")}");
        if (undecoded.Length > 0)
        {
            kinds = kinds.Append($"{undecoded.Length} that cannot be decoded ({Some(undecoded)})");
        }

        string words = string.Join(", ", kinds);
        return words.Length == 0 ? "" : before + words + after;
    }

    private static string Some(IEnumerable<LeftOut> all)
    {
        string[] names = [.. all.Select(one => one.File)];
        return names.Length <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names[..3])}, ...";
    }

    private static string SizesOf(Found[] whole)
    {
        string[] sizes =
        [
            .. whole.GroupBy(one => (one.Shape.Width, one.Shape.Height)).OrderByDescending(group => group.Count())
                .Select(group => $"{group.Count()} of {group.Key.Width}x{group.Key.Height}"),
        ];
        return sizes.Length <= 4 ? string.Join(", ", sizes) : $"{string.Join(", ", sizes[..4])}, ...";
    }

    private static string Counted(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    /// <summary>Grey becomes three equal channels; colour becomes Rec. 601 luma as Pillow computes it.</summary>
    private static LabeledImage WithChannels(LabeledImage image, int channels)
    {
        if (image.Shape.Channels == channels)
        {
            return image;
        }

        ReadOnlySpan<byte> bytes = image.Bytes.Span;
        ImageShape shape = image.Shape with { Channels = channels };
        if (channels == 3)
        {
            return image with { Shape = shape, Bytes = (byte[])[.. bytes, .. bytes, .. bytes] };
        }

        var grey = new byte[shape.Length];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = (byte)(((bytes[i] * 19_595) + (bytes[grey.Length + i] * 38_470) + (bytes[(2 * grey.Length) + i] * 7_471) + 0x8000) >> 16);
        }

        return image with { Shape = shape, Bytes = grey };
    }

    private string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int id = 0; id < Count; id++)
        {
            hash.AppendData(Read(id).Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Found(
        Picture Picture, string Name, ImageShape Shape, ImageShape Original, int Frames, ReadOnlyMemory<byte>? Kept);

    /// <summary>A file of one picture; its id is 0.</summary>
    private sealed class SingleForm : ImageForm
    {
        public override string Description => "a picture: PNG, JPEG, BMP, WebP, GIF, TIFF, PPM or PGM";

        public override bool Fits(string path) => true;

        public override PictureList Read(string path, PictureOptions options)
        {
            options.ChooseSplit(path, []);
            return new PictureList(NameOf(path), null, [], [EncodedPicture.InFile(path, NameOf(path), null)], []);
        }
    }
}
