using CertiPure.Images;

namespace CertiPure.Imaging;

/// <summary>Netpbm's grey and colour maps, plain and raw: PGM (P2, P5) and PPM (P3, P6). Other maximal values than 255 are scaled, as
/// Pillow does.</summary>
internal static class NetpbmPicture
{
    private const int LargestValue = 65_535;

    /// <summary>Whether a file begins as these do.</summary>
    public static bool Is(ReadOnlySpan<byte> start) =>
        start is [(byte)'P', (byte)'2' or (byte)'3' or (byte)'5' or (byte)'6', (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t', ..];

    /// <summary>Decodes a file.</summary>
    /// <exception cref="CertiPureException">It is damaged or too large.</exception>
    public static LabeledImage Decode(ReadOnlySpan<byte> file, string name, int maximumPixels)
    {
        bool isRaw = file[1] is (byte)'5' or (byte)'6';
        int channels = file[1] is (byte)'2' or (byte)'5' ? 1 : 3, position = 2;
        int width = ReadNumber(file, ref position, name), height = ReadNumber(file, ref position, name);
        int largest = ReadNumber(file, ref position, name);
        if (width < 1 || height < 1 || largest is < 1 or > LargestValue)
        {
            throw Damaged(name, $"declares {width} x {height} pixels up to {largest}");
        }

        if ((long)width * height > maximumPixels)
        {
            throw new CertiPureException(
                $"The image {name} has {width} x {height} pixels, more than the {maximumPixels} allowed; shrink it first.");
        }

        // One white space character ends the header of a raw file.
        position++;
        int bytes = largest > 255 ? 2 : 1, count = width * height * channels;
        if (isRaw && file.Length - position < (long)count * bytes)
        {
            throw Damaged(name, "ends before its last pixel");
        }

        var shape = new ImageShape(channels, height, width);
        var planes = new byte[shape.Length];
        for (int i = 0; i < count; i++)
        {
            int value = !isRaw ? ReadNumber(file, ref position, name)
                : bytes == 2 ? (file[position + (2 * i)] << 8) | file[position + (2 * i) + 1]
                : file[position + i];
            int scaled = largest == 255 ? value : (int)(((value * 255L) + (largest / 2)) / largest);
            planes[((i % channels) * width * height) + (i / channels)] = (byte)Math.Min(scaled, 255);
        }

        return new LabeledImage(0, null, shape, planes);
    }

    private static int ReadNumber(ReadOnlySpan<byte> file, ref int position, string name)
    {
        while (position < file.Length && (file[position] is (byte)'#' || char.IsWhiteSpace((char)file[position])))
        {
            if (file[position] == '#')
            {
                int line = file[position..].IndexOf((byte)'\n');
                position = line < 0 ? file.Length : position + line;
            }
            else
            {
                position++;
            }
        }

        int start = position, number = 0;
        for (; position < file.Length && char.IsAsciiDigit((char)file[position]); position++)
        {
            number = (number * 10) + file[position] - '0';
            if (number > 1 << 24)
            {
                throw Damaged(name, "declares a number above any picture's");
            }
        }

        return position > start ? number : throw Damaged(name, "has no number where one must be");
    }

    private static CertiPureException Damaged(string name, string what) =>
        new($"The image {name} is a damaged Netpbm file: it {what}; get a sound copy.");
}
