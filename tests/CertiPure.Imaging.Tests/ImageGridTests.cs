using CertiPure.Images;
using SkiaSharp;

namespace CertiPure.Imaging.Tests;

public sealed class ImageGridTests
{
    private const string Right = "#1A7F37";
    private const string Wrong = "#CF222E";

    [Fact]
    public void A_right_answer_is_bordered_green_and_a_wrong_one_red()
    {
        using SKBitmap right = Draw(isCorrect: true);
        using SKBitmap wrong = Draw(isCorrect: false);
        using SKBitmap unjudged = Draw(isCorrect: null);

        // The legend shows both colours once; the border tells them apart.
        Assert.True(Pictures.Count(right, Right) > 3 * Pictures.Count(right, Wrong));
        Assert.True(Pictures.Count(wrong, Wrong) > 3 * Pictures.Count(wrong, Right));
        Assert.Equal(0, Pictures.Count(unjudged, Right) + Pictures.Count(unjudged, Wrong));
    }

    [Fact]
    public void Without_colour_a_wrong_answer_is_told_by_its_dashes()
    {
        using SKBitmap right = Draw(isCorrect: true);
        using SKBitmap wrong = Draw(isCorrect: false);

        Assert.Equal(0, Gaps(right));
        Assert.True(Gaps(wrong) > 5);
    }

    [Fact]
    public void Labels_and_captions_are_really_drawn()
    {
        string?[] captions = ["Trouser", "Sandal", null];
        int[] ink = [.. captions.Select(caption =>
        {
            using SKBitmap bitmap = Draw(isCorrect: null, caption, scale: 2);
            return Pictures.Count(bitmap, "#59636E");
        })];

        Assert.True(ink[0] > 50 && ink[1] > 50);
        Assert.NotEqual(ink[0], ink[1]);
        Assert.Equal(0, ink[2]);
    }

    [Fact]
    public void Pixels_are_clipped_and_enlarged_to_squares()
    {
        var tile = new GridTile(new ImageShape(1, 1, 2), new float[] { -3, 7 });
        using SKBitmap bitmap = Pictures.ToBitmap(new ImageGrid([new GridRow("", [tile])]).ToPng(tileSize: 64, scale: 1));

        Assert.Equal(64 * 32 / 2, Pictures.Count(bitmap, "#000000"));
    }

    [Fact]
    public void A_pixel_that_is_no_number_is_drawn_black()
    {
        using SKBitmap bitmap = Pictures.ToBitmap(PngImage.Encode(new ImageShape(1, 1, 1), [float.NaN]));

        Assert.Equal(0, bitmap.GetPixel(0, 0).Red);
    }

    [Fact]
    public void Rows_of_different_lengths_are_refused()
    {
        GridTile tile = GridTile.Of(Pictures.Gradient(3, 8, 8));

        Assert.Throws<ArgumentException>(() => new ImageGrid([]));
        Assert.Throws<ArgumentException>(() => new ImageGrid([new GridRow("a", [tile]), new GridRow("b", [tile, tile])]));
        Assert.Throws<ArgumentException>(() => new ImageGrid([new GridRow("a", [tile])], ["1", "2"]));
    }

    private static SKBitmap Draw(bool? isCorrect, string? caption = null, int scale = 1)
    {
        var black = new LabeledImage(0, null, new ImageShape(1, 8, 8), new byte[64]);
        return Pictures.ToBitmap(
            new ImageGrid([new GridRow("", [GridTile.Of(black, isCorrect, caption)])]).ToPng(tileSize: 84, scale));
    }

    /// <summary>White pixels where the left border runs, beside a black picture.</summary>
    private static int Gaps(SKBitmap bitmap)
    {
        int gaps = 0;
        for (int y = 20; y < 90; y++)
        {
            gaps += bitmap.GetPixel(14, y).Red == 255 ? 1 : 0;
        }

        return gaps;
    }
}
