using System.Buffers.Binary;
using System.IO.Compression;

namespace CertiPure.Images;

/// <summary>
/// The IDX layout of MNIST and its relatives (LeCun, Cortes and Burges): a big-endian header of type, dimensions and sizes, then
/// unsigned bytes; plain or gzip-compressed.
/// </summary>
public static class Idx
{
    private const int ImageMagic = 0x00000803;
    private const int LabelMagic = 0x00000801;
    private const long MostValues = 1L << 30;
    private const int LargestSide = 4096;

    /// <summary>Reads a split of a folder with the usual names: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>,
    /// <c>t10k-images-idx3-ubyte</c>, <c>t10k-labels-idx1-ubyte</c>, each plain or with <c>.gz</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <param name="name">The data set's name.</param>
    /// <param name="classNames">The classes' names in label order.</param>
    /// <exception cref="CertiPureException">A file is missing or damaged, or there is no such split.</exception>
    public static ImageSet ReadFolder(string folder, string split, string name, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string prefix = split switch
        {
            "train" => "train",
            "test" => "t10k",
            _ => throw new CertiPureException($"{name} has no split '{split}'; take train or test.", ErrorReason.InvalidArgument),
        };
        return Read(
            Find(folder, $"{prefix}-images-idx3-ubyte"),
            Find(folder, $"{prefix}-labels-idx1-ubyte"),
            name,
            split,
            classNames);
    }

    /// <summary>Reads a file of images and one of labels.</summary>
    /// <param name="imagePath">The images, one grey plane each.</param>
    /// <param name="labelPath">The labels, or null where they are unknown.</param>
    /// <param name="name">The data set's name.</param>
    /// <param name="split">The split, or null.</param>
    /// <param name="classNames">The classes' names in label order.</param>
    /// <exception cref="CertiPureException">A file is missing or damaged, or the two do not belong together.</exception>
    public static ImageSet Read(
        string imagePath, string? labelPath, string name, string? split, IReadOnlyList<string> classNames)
    {
        (int[] sizes, byte[] pixels) = ReadValues(imagePath, ImageMagic, 3);
        if (sizes[1] is < 1 or > LargestSide || sizes[2] is < 1 or > LargestSide)
        {
            throw new CertiPureException($"{imagePath} declares images of {sizes[1]}x{sizes[2]} pixels; the file is damaged.");
        }

        int[]? labels = labelPath is null ? null : [.. ReadValues(labelPath, LabelMagic, 1).Values];
        return new ImageSet(name, split, new ImageShape(1, sizes[1], sizes[2]), pixels, labels, classNames);
    }

    private static string Find(string folder, string file)
    {
        string plain = Path.Combine(folder, file);
        return File.Exists(plain) ? plain : plain + ".gz";
    }

    private static (int[] Sizes, byte[] Values) ReadValues(string path, int magic, int dimensions)
    {
        byte[] file = DataFile.Read(path, MostValues + 64);
        try
        {
            using Stream stream = file is [0x1f, 0x8b, ..]
                ? new GZipStream(new MemoryStream(file), CompressionMode.Decompress)
                : new MemoryStream(file);
            byte[] header = new byte[4 * (dimensions + 1)];
            stream.ReadExactly(header);
            int found = BinaryPrimitives.ReadInt32BigEndian(header);
            if (found != magic)
            {
                throw new CertiPureException(
                    $"{path} begins with {found:x8} instead of {magic:x8}, so it is not an IDX file of "
                    + $"{(magic == ImageMagic ? "images" : "labels")}; name the right file.");
            }

            int[] sizes = [.. Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i)))];
            long length = 1;
            foreach (int size in sizes)
            {
                // Compared size by size: the product of three could overflow.
                length = size < 0 || length > MostValues / Math.Max(size, 1) ? long.MaxValue : length * size;
                if (length == long.MaxValue)
                {
                    throw new CertiPureException(
                        $"{path} declares {string.Join(" x ", sizes)} values, which is not a possible size; the file is damaged.");
                }
            }

            // What a small file declares is believed only as far as its bytes go: gzip expands at most 1,032 times.
            if (length > 1032L * file.Length)
            {
                throw new EndOfStreamException();
            }

            byte[] values = new byte[length];
            stream.ReadExactly(values);
            return stream.ReadByte() < 0
                ? (sizes, values)
                : throw new CertiPureException($"{path} goes on after its {length} values; the file is damaged, so get it again.");
        }
        catch (EndOfStreamException e)
        {
            throw new CertiPureException($"{path} ends before its declared end; it is truncated, so get it again.", e);
        }
        catch (InvalidDataException e)
        {
            throw new CertiPureException($"{path} is not an intact gzip file; get it again.", e);
        }
    }
}
