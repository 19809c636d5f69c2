using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>Draws one picture with the border and mark of its judgement: solid green and a check mark where right, dashed
/// red and a cross where wrong.</summary>
internal static class GridTileDrawing
{
    private const float Border = 3;

    /// <summary>Draws a picture into a place, as large as its proportions allow.</summary>
    public static void Draw(SKCanvas canvas, GridTile tile, SKRect place)
    {
        using SKBitmap bitmap = PngImage.ToBitmap(tile.Shape, PngImage.ToBytes(tile.Pixels.Span));
        using SKImage image = SKImage.FromBitmap(bitmap);
        float shrink = Math.Min(place.Width / tile.Shape.Width, place.Height / tile.Shape.Height);
        var target = SKRect.Create(
            place.MidX - (tile.Shape.Width * shrink / 2),
            place.MidY - (tile.Shape.Height * shrink / 2),
            tile.Shape.Width * shrink,
            tile.Shape.Height * shrink);
        // Pixels stay squares: these images are small, and smoothing would add a blur that no network saw.
        canvas.DrawImage(image, target, new SKSamplingOptions(shrink >= 1 ? SKFilterMode.Nearest : SKFilterMode.Linear));
        if (tile.IsCorrect is bool isCorrect)
        {
            DrawBorder(canvas, target, isCorrect);
            DrawBadge(canvas, target.Right - 1, target.Top + 1, isCorrect);
        }
    }

    private static void DrawBorder(SKCanvas canvas, SKRect target, bool isCorrect)
    {
        using var pen = new SKPaint
        {
            Style = SKPaintStyle.Stroke,
            StrokeWidth = Border,
            PathEffect = isCorrect ? null : SKPathEffect.CreateDash([7, 4], 0),
        };
        using var outline = new SKPath();
        outline.AddRect(SKRect.Inflate(target, Border / 2, Border / 2));
        // The stroke as an area, because Skia's SVG writer cannot dash lines.
        using SKPath area = pen.GetFillPath(outline) ?? new SKPath();
        using var paint = new SKPaint
        {
            Color = ReportColors.Skia(isCorrect ? ReportColors.Right : ReportColors.Wrong), IsAntialias = true,
        };
        canvas.DrawPath(area, paint);
    }

    /// <summary>Draws the mark of a judgement.</summary>
    public static void DrawBadge(SKCanvas canvas, float x, float y, bool isCorrect)
    {
        const float radius = 7.5f;
        using var disc = new SKPaint
        {
            Color = ReportColors.Skia(isCorrect ? ReportColors.Right : ReportColors.Wrong), IsAntialias = true,
        };
        using var rim = new SKPaint { Color = ReportColors.Skia(ReportColors.Paper), IsAntialias = true };
        using var stroke = new SKPaint
        {
            Color = ReportColors.Skia(ReportColors.Paper),
            Style = SKPaintStyle.Stroke,
            StrokeWidth = 2,
            StrokeCap = SKStrokeCap.Round,
            IsAntialias = true,
        };
        canvas.DrawCircle(x, y, radius + 1.5f, rim);
        canvas.DrawCircle(x, y, radius, disc);
        if (isCorrect)
        {
            canvas.DrawLine(x - 3.2f, y + 0.3f, x - 0.9f, y + 2.7f, stroke);
            canvas.DrawLine(x - 0.9f, y + 2.7f, x + 3.4f, y - 2.5f, stroke);
        }
        else
        {
            canvas.DrawLine(x - 2.7f, y - 2.7f, x + 2.7f, y + 2.7f, stroke);
            canvas.DrawLine(x - 2.7f, y + 2.7f, x + 2.7f, y - 2.7f, stroke);
        }
    }
}
