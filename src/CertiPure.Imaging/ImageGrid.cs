using CertiPure.Images;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>
/// Pictures in rows and columns with labels: noisy, purified, clean. A right answer has a solid green border and a check
/// mark, a wrong one a dashed red border and a cross, so that the two differ without colour, too.
/// </summary>
public sealed class ImageGrid
{
    private const float Gap = 12;
    private const float Margin = 16;
    private const float LabelSize = 13;
    private const float CaptionSize = 11;
    private const float CaptionHeight = 17;
    private const float HeaderHeight = 22;

    /// <summary>Makes a grid.</summary>
    /// <param name="rows">The rows, all of one length.</param>
    /// <param name="columnLabels">A label above each column, or null for none.</param>
    /// <exception cref="ArgumentException">Rows and labels do not have one length, or there is no picture.</exception>
    public ImageGrid(IReadOnlyList<GridRow> rows, IReadOnlyList<string>? columnLabels = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ColumnCount = rows.Count > 0 ? rows[0].Tiles.Count : 0;
        if (ColumnCount == 0
            || rows.Any(row => row.Tiles.Count != ColumnCount)
            || (columnLabels is not null && columnLabels.Count != ColumnCount))
        {
            throw new ArgumentException("A grid needs pictures, and as many in each row as there are columns.", nameof(rows));
        }

        Rows = rows;
        ColumnLabels = columnLabels;
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<GridRow> Rows { get; }

    /// <summary>A label above each column, or null.</summary>
    public IReadOnlyList<string>? ColumnLabels { get; }

    /// <summary>The number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Whether some picture is judged right or wrong.</summary>
    public bool IsJudged => Rows.Any(row => row.Tiles.Any(tile => tile.IsCorrect is not null));

    /// <summary>Draws the grid as PNG.</summary>
    /// <param name="tileSize">The longer side of a picture at 100 % zoom.</param>
    /// <param name="scale">Pixels per unit: 2 stays sharp on dense screens and in print.</param>
    public byte[] ToPng(int tileSize = 84, int scale = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tileSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        using var labelFont = new SKFont(ReportFont.SemiBold, LabelSize) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
        using var captionFont = new SKFont(ReportFont.Regular, CaptionSize) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
        float labelWidth = Rows.Max(row => labelFont.MeasureText(row.Label));
        float left = Margin + (labelWidth > 0 ? labelWidth + Gap : 0);
        float top = Margin + (ColumnLabels is null ? 0 : HeaderHeight);
        float[] rowHeights = [.. Rows.Select(row =>
            tileSize + Gap + (row.Tiles.Any(tile => tile.Caption is not null) ? CaptionHeight : 0))];
        float width = left + (ColumnCount * (tileSize + Gap)) - Gap + Margin;
        float height = top + rowHeights.Sum() - Gap + Margin + (IsJudged ? HeaderHeight : 0);

        using var surface = SKSurface.Create(new SKImageInfo(
            (int)MathF.Ceiling(width * scale), (int)MathF.Ceiling(height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque));
        SKCanvas canvas = surface.Canvas;
        canvas.Scale(scale);
        canvas.Clear(ReportColors.Skia(ReportColors.Paper));

        for (int column = 0; ColumnLabels is not null && column < ColumnCount; column++)
        {
            DrawText(canvas, ColumnLabels[column], left + (column * (tileSize + Gap)) + (tileSize / 2f), Margin + LabelSize, tileSize, labelFont, ReportColors.Ink);
        }

        float y = top;
        for (int row = 0; row < Rows.Count; row++)
        {
            using (var paint = new SKPaint { Color = ReportColors.Skia(ReportColors.Ink), IsAntialias = true })
            {
                canvas.DrawText(Rows[row].Label, Margin, y + (tileSize / 2f) + (LabelSize / 3), SKTextAlign.Left, labelFont, paint);
            }

            for (int column = 0; column < ColumnCount; column++)
            {
                float x = left + (column * (tileSize + Gap));
                GridTile tile = Rows[row].Tiles[column];
                GridTileDrawing.Draw(canvas, tile, SKRect.Create(x, y, tileSize, tileSize));
                if (tile.Caption is not null)
                {
                    DrawText(canvas, tile.Caption, x + (tileSize / 2f), y + tileSize + CaptionSize + 4, tileSize + Gap - 4, captionFont, ReportColors.Muted);
                }
            }

            y += rowHeights[row];
        }

        if (IsJudged)
        {
            DrawLegend(canvas, left, y - Gap + HeaderHeight, captionFont);
        }

        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    private static void DrawLegend(SKCanvas canvas, float x, float y, SKFont font)
    {
        using var paint = new SKPaint { Color = ReportColors.Skia(ReportColors.Muted), IsAntialias = true };
        foreach ((bool isCorrect, string text) in new[] { (true, "right"), (false, "wrong") })
        {
            GridTileDrawing.DrawBadge(canvas, x + 8, y - 4, isCorrect);
            canvas.DrawText(text, x + 22, y, SKTextAlign.Left, font, paint);
            x += 22 + font.MeasureText(text) + 18;
        }
    }

    private static void DrawText(SKCanvas canvas, string text, float center, float baseline, float width, SKFont font, string color)
    {
        using var paint = new SKPaint { Color = ReportColors.Skia(color), IsAntialias = true };
        canvas.DrawText(Shortened(text, width, font), center, baseline, SKTextAlign.Center, font, paint);
    }

    private static string Shortened(string text, float width, SKFont font)
    {
        if (font.MeasureText(text) <= width)
        {
            return text;
        }

        int length = text.Length;
        while (length > 1 && font.MeasureText(text[..length] + "\u2026") > width)
        {
            length--;
        }

        return text[..length].TrimEnd() + "\u2026";
    }
}

/// <summary>A row of a grid.</summary>
/// <param name="Label">The row's name: <c>noisy</c>, <c>consistency</c>, ...</param>
/// <param name="Tiles">The pictures, one per column.</param>
public sealed record GridRow(string Label, IReadOnlyList<GridTile> Tiles);

/// <summary>One picture of a grid.</summary>
/// <param name="Shape">The shape, of 1 or 3 channels.</param>
/// <param name="Pixels"><c>[C,H,W]</c> in pixel space; clipped to [0,1] for showing.</param>
/// <param name="IsCorrect">Whether what a classifier says of it is right, or null where nothing is said: the border.</param>
/// <param name="Caption">What is said of it, below the picture; null for nothing.</param>
public sealed record GridTile(ImageShape Shape, ReadOnlyMemory<float> Pixels, bool? IsCorrect = null, string? Caption = null)
{
    /// <summary>A clean 8-bit image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="isCorrect">Whether what a classifier says of it is right, or null.</param>
    /// <param name="caption">What is said of it, or null.</param>
    public static GridTile Of(LabeledImage image, bool? isCorrect = null, string? caption = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new GridTile(image.Shape, image.ToPixels(), isCorrect, caption);
    }

    /// <summary>One image of a batch, copied.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The position in the batch.</param>
    /// <param name="isCorrect">Whether what a classifier says of it is right, or null.</param>
    /// <param name="caption">What is said of it, or null.</param>
    public static GridTile Of(ImageBatch batch, int index, bool? isCorrect = null, string? caption = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new GridTile(batch.Shape, batch[index].ToArray(), isCorrect, caption);
    }
}
