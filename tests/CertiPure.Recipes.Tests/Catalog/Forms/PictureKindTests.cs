using System.Text.Json;
using CertiPure.Images;
using CertiPure.Imaging;

namespace CertiPure.Recipes.Tests.Catalog.Forms;

/// <summary>Kinds of picture files, held to what Pillow makes of them (Sets/kinds/expected.json).</summary>
public sealed class PictureKindTests
{
    private static readonly PictureDecoder Decoder = new();

    public static TheoryData<string> Kinds =>
    [
        .. Directory.GetFiles(SetFolder.Committed("kinds")).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".json", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_picture_of_every_kind_has_the_pixels_that_Pillow_gives_torchvision(string name)
    {
        DecodedPicture picture = Decoder.DecodePicture(File.ReadAllBytes(SetFolder.Committed($"kinds/{name}")), name);

        using var expected = JsonDocument.Parse(File.ReadAllText(SetFolder.Committed("kinds/expected.json")));
        JsonElement one = expected.RootElement.GetProperty(name);
        byte[] rgb = [.. one.GetProperty("rgb").EnumerateArray().Select(value => value.GetByte())];
        Assert.Equal(one.GetProperty("mode").GetString() == "L" ? 1 : 3, picture.Image.Shape.Channels);
        Assert.Equal(rgb.Where((_, i) => i % 3 < picture.Image.Shape.Channels), Interleaved(picture.Image));
        Assert.Equal(name.StartsWith("animated", StringComparison.Ordinal) ? 2 : 1, picture.Frames);
    }

    [Theory]
    [InlineData("00000018667479706865696300000000", "HEIC")]
    [InlineData("0000001C667479706176696600000000", "AVIF")]
    [InlineData("0000000C4A584C200D0A870A00000000", "JPEG XL")]
    public void A_kind_that_is_not_decoded_is_named(string start, string kind) =>
        Assert.Contains(
            $"is a {kind} picture, which is not supported",
            Assert.Throws<CertiPureException>(() => Decoder.Decode(Convert.FromHexString(start), "it")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("P6\n# a comment\n2 1\n1\n\0\u0001\u0001\u0001\0\0", "0,255,255,0,255,0")]
    [InlineData("P2 2 1 100\n0 50", "0,128")]
    [InlineData("P3 1 1 255 1 2 3", "1,2,3")]
    public void Netpbm_is_read_plain_and_raw_with_any_largest_value(string text, string planes) =>
        Assert.Equal(
            planes.Split(',').Select(byte.Parse),
            Decoder.Decode(System.Text.Encoding.Latin1.GetBytes(text), "it.ppm").Bytes.ToArray());

    [Theory]
    [InlineData("P6\n2 2\n255\nabc")]
    [InlineData("P5\n99999999 2\n255\n")]
    [InlineData("P5\n2 2\n0\n")]
    [InlineData("P5\n2\n")]
    [InlineData("P6\n8000 9000\n255\n")]
    public void A_damaged_netpbm_is_refused(string text) =>
        Assert.Throws<CertiPureException>(() => Decoder.Decode(System.Text.Encoding.Latin1.GetBytes(text), "it.ppm"));

    [Theory]
    [InlineData("colour.tif")]
    [InlineData("lzw.tif")]
    [InlineData("grey.tif")]
    [InlineData("transparent.tif")]
    public void A_damaged_tiff_is_refused_or_decoded_and_never_worse(string name)
    {
        byte[] whole = File.ReadAllBytes(SetFolder.Committed($"kinds/{name}"));
        var random = new Random(3);
        for (int attempt = 0; attempt < 60; attempt++)
        {
            byte[] damaged = attempt % 3 == 0 ? whole[..random.Next(4, whole.Length)] : [.. whole];
            for (int i = 0; i < 4; i++)
            {
                damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Decoder.Decode(damaged, name);
            }
            catch (CertiPureException error)
            {
                Assert.StartsWith($"The image {name}", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("bilinear", 16, 10)]
    [InlineData("bilinear", 64, 48)]
    [InlineData("bilinear", 37, 11)]
    [InlineData("bilinear", 5, 23)]
    [InlineData("bicubic", 16, 10)]
    [InlineData("bicubic", 64, 48)]
    [InlineData("bicubic", 37, 11)]
    [InlineData("bicubic", 5, 23)]
    public void Resized_pictures_are_Pillows(string filter, int width, int height)
    {
        LabeledImage source = Read("source");
        LabeledImage expected = Read($"{filter}-{width}x{height}");
        var resampler = new Resampler(source.Shape, height, width, filter == "bicubic" ? Interpolation.Bicubic : Interpolation.Bilinear);

        Assert.Equal(expected.Shape, resampler.Target);
        Assert.Equal(expected.Bytes.ToArray(), resampler.Resize(source.Bytes.Span));
        // Real numbers are not rounded between the passes; bicubic ones are not clipped either, and so differ where they overshoot.
        if (filter == "bilinear")
        {
            ImageBatch exact = resampler.Resize(new ImageBatch(source.Shape, source.ToPixels()));
            Assert.All(exact[0].ToArray().Zip(expected.ToPixels()), pair => Assert.InRange(pair.First - pair.Second, -1.01f / 255, 1.01f / 255));
        }

        static LabeledImage Read(string name) =>
            Decoder.Decode(File.ReadAllBytes(SetFolder.Committed($"resize/{name}.png")), name);
    }

    private static IEnumerable<byte> Interleaved(LabeledImage image)
    {
        byte[] planes = image.Bytes.ToArray();
        int plane = image.Shape.Height * image.Shape.Width;
        return Enumerable.Range(0, planes.Length).Select(i => planes[(i % image.Shape.Channels * plane) + (i / image.Shape.Channels)]);
    }
}
