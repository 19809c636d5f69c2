using CertiPure.Images;
using CsCheck;
using SkiaSharp;

namespace CertiPure.Imaging.Tests;

public sealed class SkiaImageDecoderTests
{
    private static readonly SkiaImageDecoder Decoder = new();

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 32, 32)]
    [InlineData(3, 5, 9)]
    public void A_png_keeps_every_pixel_and_the_number_of_channels(int channels, int height, int width)
    {
        LabeledImage image = Pictures.Gradient(channels, height, width);

        LabeledImage decoded = Decoder.Decode(PngImage.Encode(image), "image.png");

        Assert.Equal(image.Shape, decoded.Shape);
        Assert.Equal(image.Bytes.ToArray(), decoded.Bytes.ToArray());
        Assert.Equal((0, null), (decoded.Id, decoded.Label));
    }

    [Fact]
    public void A_lossless_webp_keeps_every_pixel()
    {
        LabeledImage image = Pictures.Gradient(3, 16, 16);
        using SKBitmap bitmap = PngImage.ToBitmap(image.Shape, image.Bytes.Span);
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData? webp = pixmap.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));

        Assert.Equal(image.Bytes.ToArray(), Decoder.Decode(webp!.ToArray(), "image.webp").Bytes.ToArray());
    }

    [Fact]
    public void A_jpeg_is_close_to_its_image()
    {
        LabeledImage decoded = Decoder.Decode(Jpeg(), "image.jpg");

        Assert.Equal(new ImageShape(3, 8, 24), decoded.Shape);
        Assert.All(decoded.Bytes.ToArray()[..8], value => Assert.InRange(value, 200, 255));
    }

    [Fact]
    public void A_bitmap_with_its_rows_from_bottom_to_top_is_turned_up()
    {
        byte[] bmp =
        [
            0x42, 0x4D, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            255, 0, 0, 0, 255, 0, 0, 0, // bottom: blue, green
            0, 0, 255, 255, 255, 255, 0, 0, // top: red, white
        ];

        LabeledImage decoded = Decoder.Decode(bmp, "image.bmp");

        Assert.Equal([255, 255, 0, 0, 0, 255, 0, 255, 0, 255, 255, 0], decoded.Bytes.ToArray());
    }

    [Fact]
    public void Transparency_is_laid_over_white()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(255, 0, 0, 0));
        bitmap.SetPixel(1, 0, new SKColor(255, 0, 0, 128));
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);

        Assert.Equal([255, 255, 255, 127, 255, 127], Decoder.Decode(png.ToArray(), "image.png").Bytes.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_camera_s_orientation_is_applied(byte orientation)
    {
        // The corner that is bright as stored, and where the standard says that it belongs.
        (bool isRight, bool isBottom) = orientation switch
        {
            1 or 5 => (false, false),
            2 or 6 => (true, false),
            3 or 7 => (true, true),
            _ => (false, true),
        };

        LabeledImage decoded = Decoder.Decode(WithOrientation(Jpeg(), orientation), "image.jpg");

        Assert.Equal(orientation < 5 ? new ImageShape(3, 8, 24) : new ImageShape(3, 24, 8), decoded.Shape);
        int row = isBottom ? decoded.Shape.Height - 1 : 0;
        int column = isRight ? decoded.Shape.Width - 1 : 0;
        Assert.True(decoded.Bytes.Span[(row * decoded.Shape.Width) + column] > 200);
        Assert.True(decoded.Bytes.Span[((decoded.Shape.Height - 1 - row) * decoded.Shape.Width) + decoded.Shape.Width - 1 - column] < 60);
    }

    [Fact]
    public void A_png_cut_off_anywhere_is_refused_or_whole()
    {
        LabeledImage image = Pictures.Gradient(3, 32, 32);
        byte[] png = PngImage.Encode(image);
        for (int length = 0; length < png.Length; length++)
        {
            LabeledImage? decoded = TryDecode(png[..length]);

            // The checksums at the end may be missing; not a pixel may.
            Assert.True(decoded is null || length > png.Length / 2, $"{length} of {png.Length} bytes passed");
            Assert.True(decoded is null || decoded.Bytes.Span.SequenceEqual(image.Bytes.Span));
        }
    }

    [Fact]
    public void Damage_anywhere_ends_in_an_image_or_in_one_sentence()
    {
        byte[][] files = [PngImage.Encode(Pictures.Gradient(3, 16, 16)), Jpeg()];
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, int.MaxValue], Gen.Byte).Sample((kind, place, value) =>
        {
            byte[] damaged = [.. files[kind]];
            damaged[place % damaged.Length] = value;
            LabeledImage? decoded = TryDecode(damaged);
            Assert.True(decoded is null || decoded.Bytes.Length == decoded.Shape.Length);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    public void Anything_but_the_four_formats_is_refused(string file)
    {
        Assert.Contains("is not a PNG, JPEG, BMP or WebP", Refusal(System.Text.Encoding.Latin1.GetBytes(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_promises_gigapixels_is_refused_before_they_are_allocated()
    {
        byte[] png = PngImage.Encode(Pictures.Gradient(3, 4, 4));
        // The header's width and height, and the checksum over them.
        png[16] = png[20] = 0;
        png[17] = png[21] = 1;
        uint checksum = Crc32(png.AsSpan(12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), checksum);

        Assert.Contains("65540 x 65540 pixels", Refusal(png), StringComparison.Ordinal);
    }

    [Fact]
    public void More_bytes_or_pixels_than_allowed_are_refused()
    {
        byte[] png = PngImage.Encode(Pictures.Gradient(3, 8, 8));

        Assert.Contains("63 allowed", Refusal(png, new SkiaImageDecoder(maximumPixels: 63)), StringComparison.Ordinal);
        Assert.Contains("20 allowed", Refusal(png, new SkiaImageDecoder(maximumBytes: 20)), StringComparison.Ordinal);
        Assert.Equal(64, new SkiaImageDecoder(maximumPixels: 64).Decode(png, "image.png").Shape.Length / 3);
    }

    /// <summary>A wide picture whose upper left quarter is white and whose rest is black.</summary>
    private static byte[] Jpeg()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(24, 8, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Black);
        for (int i = 0; i < 8 * 8; i++)
        {
            bitmap.SetPixel(i % 8, i / 8, SKColors.White);
        }

        // Below the middle it is black again, so that turning it over shows.
        for (int i = 0; i < 8 * 4; i++)
        {
            bitmap.SetPixel(i % 8, 4 + (i / 8), SKColors.Black);
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        return data.ToArray();
    }

    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private static LabeledImage? TryDecode(byte[] file)
    {
        try
        {
            return Decoder.Decode(file, "image");
        }
        catch (CertiPureException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            return null;
        }
    }

    private static string Refusal(byte[] file, SkiaImageDecoder? decoder = null) =>
        Assert.Throws<CertiPureException>(() => (decoder ?? Decoder).Decode(file, "image")).Message;

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
