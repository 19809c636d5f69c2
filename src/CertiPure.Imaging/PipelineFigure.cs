using System.Globalization;
using System.Text;
using CertiPure.Images;
using CertiPure.Smoothing;
using SkiaSharp;

namespace CertiPure.Imaging;

/// <summary>
/// The whole method in one picture, drawn from one real certificate: the image, some of its noisy copies, the same
/// purified, the votes, the radius.
/// </summary>
public sealed class PipelineFigure
{
    private const int Width = 960;
    private const int Height = 330;
    private const float TileSize = 68;
    private const float TilePitch = 82;
    private const float Top = 66;
    private const float TextSize = 13;
    private const float SmallSize = 11.5f;
    private const int MaximumBars = 4;

    private readonly PipelineExample _example;

    /// <summary>Makes the figure.</summary>
    /// <param name="example">What it shows.</param>
    public PipelineFigure(PipelineExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        _example = example;
    }

    /// <summary>One sentence that says what the picture shows, for those who do not see it.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"An image, its copies under Gaussian noise of sigma {_example.Sigma}, the copies purified, the classifier's votes over "
        + $"them, and the result: {Result}.");

    private string Result => _example.Certificate.Predicted is int predicted
        ? string.Create(
            CultureInfo.InvariantCulture, $"{ClassName(predicted)}, certified within L2 radius {FloorToHundredth(_example.Certificate.Radius):0.00}")
        : "abstention";

    /// <summary>Draws the figure as PNG.</summary>
    /// <param name="scale">Pixels per unit: 2 stays sharp on dense screens and in print.</param>
    public byte[] ToPng(int scale = 2)
    {
        using var surface = SKSurface.Create(
            new SKImageInfo(Width * scale, Height * scale, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Scale(scale);
        surface.Canvas.Clear(ReportColors.Skia(ReportColors.Paper));
        Draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>Draws the figure as an SVG file that carries its font in itself.</summary>
    public string ToSvg()
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            canvas.DrawRect(SKRect.Create(Width, Height), Fill(ReportColors.Paper));
            Draw(canvas);
        }

        return SvgText.Finish(
            Encoding.UTF8.GetString(stream.ToArray()), Width, Height, "Consistency Purification", Description, withFont: true);
    }

    private static float Left(int stage) => stage switch { 0 => 20, 1 => 198, 2 => 376, 3 => 554, _ => 770 };

    private static double FloorToHundredth(double radius) => Math.Floor(radius * 100) / 100;

    private static SKPaint Fill(string color) => new() { Color = ReportColors.Skia(color), IsAntialias = true };

    private static SKPaint Stroke(string color, float width) => new()
    {
        Color = ReportColors.Skia(color), Style = SKPaintStyle.Stroke, StrokeWidth = width, IsAntialias = true,
    };

    private static SKFont Font(bool isBold, float size) => new(isBold ? ReportFont.SemiBold : ReportFont.Regular, size)
    {
        Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None,
    };

    private static void Text(
        SKCanvas canvas, string text, float x, float y, bool isBold = false, float size = SmallSize, string color = ReportColors.Muted)
    {
        using SKFont font = Font(isBold, size);
        using SKPaint paint = Fill(color);
        canvas.DrawText(text, x, y, SKTextAlign.Left, font, paint);
    }

    private string ClassName(int label) =>
        label < _example.ClassNames.Count ? _example.ClassNames[label] : string.Create(CultureInfo.InvariantCulture, $"class {label}");

    private void Draw(SKCanvas canvas)
    {
        string[] headings = ["image", "+ noise", "purified", "votes", "certificate"];
        string[] subheadings =
        [
            _example.Image.Label is int label ? ClassName(label) : "label unknown",
            string.Create(CultureInfo.InvariantCulture, $"\u03c3 = {_example.Sigma:0.##}"),
            _example.Method,
            string.Create(CultureInfo.InvariantCulture, $"of {_example.Certificate.Selection.Sum()} draws"),
            string.Create(CultureInfo.InvariantCulture, $"error at most {_example.Alpha:0.####}"),
        ];
        for (int stage = 0; stage < headings.Length; stage++)
        {
            Text(canvas, headings[stage], Left(stage), 26, isBold: true, TextSize, ReportColors.Ink);
            Text(canvas, subheadings[stage], Left(stage), 44);
        }

        float middle = Top + TilePitch + (TileSize / 2);
        GridTileDrawing.Draw(canvas, GridTile.Of(_example.Image), SKRect.Create(Left(0), middle - 60, 120, 120));
        for (int i = 0; i < 3; i++)
        {
            float y = Top + (i * TilePitch);
            GridTileDrawing.Draw(canvas, _example.Noisy[i], SKRect.Create(Left(1) + 20, y, TileSize, TileSize));
            GridTileDrawing.Draw(canvas, _example.Purified[i], SKRect.Create(Left(2) + 20, y, TileSize, TileSize));
            DrawArrow(canvas, Left(1) + 20 + TileSize + 16, y + (TileSize / 2), Left(2) + 20 - 16);
            DrawArrow(canvas, Left(2) + 20 + TileSize + 16, y + (TileSize / 2), Left(3) - 14);
        }

        DrawFan(canvas, Left(0) + 134, middle);
        DrawVotes(canvas, Left(3), middle);
        DrawArrow(canvas, Left(4) - 42, middle, Left(4) - 16);
        DrawCertificate(canvas, Left(4), middle);
    }

    /// <summary>One arrow from the image to each of its copies.</summary>
    private static void DrawFan(SKCanvas canvas, float x, float middle)
    {
        for (int i = 0; i < 3; i++)
        {
            float y = Top + (i * TilePitch) + (TileSize / 2);
            DrawArrow(canvas, new SKPoint(x, middle + ((y - middle) * 0.2f)), new SKPoint(Left(1) + 8, y));
        }
    }

    private static void DrawArrow(SKCanvas canvas, float from, float y, float to) =>
        DrawArrow(canvas, new SKPoint(from, y), new SKPoint(to, y));

    private static void DrawArrow(SKCanvas canvas, SKPoint from, SKPoint to)
    {
        const float headLength = 7;
        const float headWidth = 3.5f;
        SKPoint way = to - from;
        var forward = new SKPoint(way.X / way.Length, way.Y / way.Length);
        var neck = new SKPoint(to.X - (forward.X * headLength), to.Y - (forward.Y * headLength));
        using var head = new SKPath();
        head.MoveTo(to);
        head.LineTo(neck.X - (forward.Y * headWidth), neck.Y + (forward.X * headWidth));
        head.LineTo(neck.X + (forward.Y * headWidth), neck.Y - (forward.X * headWidth));
        head.Close();
        using SKPaint line = Stroke(ReportColors.Muted, 1.25f);
        using SKPaint fill = Fill(ReportColors.Muted);
        canvas.DrawLine(from, neck, line);
        canvas.DrawPath(head, fill);
    }

    /// <summary>The selection votes of the strongest classes as bars.</summary>
    private void DrawVotes(SKCanvas canvas, float x, float middle)
    {
        const float pitch = 40;
        const float length = 150;
        (int Votes, int Class)[] strongest =
        [
            .. _example.Certificate.Selection.Select((votes, index) => (votes, index))
                .OrderByDescending(entry => entry.votes).ThenBy(entry => entry.index)
                .TakeWhile((entry, rank) => rank == 0 || entry.votes > 0).Take(MaximumBars),
        ];
        int total = Math.Max(1, _example.Certificate.Selection.Sum());
        float y = middle - (strongest.Length * pitch / 2);
        foreach ((int votes, int index) in strongest)
        {
            bool isFirst = index == strongest[0].Class;
            string color = isFirst ? ReportColors.Series(0).Hex : "#B6BEC7";
            Text(canvas, ClassName(index), x, y + 12, isFirst, SmallSize, ReportColors.Ink);
            using SKFont font = Font(isFirst, SmallSize);
            using SKPaint ink = Fill(ReportColors.Ink);
            canvas.DrawText(
                votes.ToString(CultureInfo.InvariantCulture), x + length, y + 12, SKTextAlign.Right, font, ink);
            using SKPaint track = Fill("#EEF1F4");
            using SKPaint bar = Fill(color);
            canvas.DrawRect(SKRect.Create(x, y + 18, length, 8), track);
            canvas.DrawRect(SKRect.Create(x, y + 18, length * votes / total, 8), bar);
            y += pitch;
        }
    }

    private void DrawCertificate(SKCanvas canvas, float x, float middle)
    {
        CertiPure.Smoothing.Certificate certificate = _example.Certificate;
        bool isCertified = certificate.Predicted is not null;
        bool isRight = isCertified && (_example.Image.Label is null || certificate.Predicted == _example.Image.Label);
        string color = isRight ? ReportColors.Right : ReportColors.Wrong;
        const float radius = 52;
        float centerX = x + radius + 2;
        float centerY = middle - 46;
        if (isCertified)
        {
            using SKPaint ball = Fill(color);
            ball.Color = ball.Color.WithAlpha(22);
            using SKPaint rim = Stroke(color, 1.5f);
            using SKPaint dot = Fill(color);
            canvas.DrawCircle(centerX, centerY, radius, ball);
            canvas.DrawCircle(centerX, centerY, radius, rim);
            canvas.DrawLine(centerX, centerY, centerX + radius, centerY, rim);
            canvas.DrawCircle(centerX, centerY, 3, dot);
            Text(canvas, "x", centerX - 11, centerY + 4, isBold: false, TextSize, ReportColors.Ink);
            Text(canvas, "R", centerX + (radius / 2) - 4, centerY - 6, isBold: true, TextSize, ReportColors.Ink);
        }

        float y = isCertified ? centerY + radius + 26 : middle - 10;
        Text(canvas, isCertified ? ClassName(certificate.Predicted!.Value) : "abstain", x, y, isBold: true, 16, ReportColors.Ink);
        string[] lines = isCertified
            ?
            [
                string.Create(CultureInfo.InvariantCulture, $"R = {FloorToHundredth(certificate.Radius):0.00}"),
                Fresh(),
                string.Create(CultureInfo.InvariantCulture, $"so p \u2265 {FloorToHundredth(certificate.LowerBound):0.00}"),
            ]
            : [Fresh(), "no class is sure enough"];
        for (int i = 0; i < lines.Length; i++)
        {
            bool isRadius = isCertified && i == 0;
            Text(canvas, lines[i], x, y + 20 + (i * 17), isRadius, isRadius ? TextSize : SmallSize, isRadius ? ReportColors.Ink : ReportColors.Muted);
        }

        string Fresh() => certificate.Looks.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{certificate.Looks[^1].K} of {certificate.Looks[^1].N} fresh draws")
            : string.Create(CultureInfo.InvariantCulture, $"after {certificate.Draws} fresh draws");
    }
}

/// <summary>What the framework figure shows: one certified image and some of its draws.</summary>
/// <param name="Image">The image.</param>
/// <param name="Sigma">The noise level in pixel space.</param>
/// <param name="Alpha">The probability with which the certificate may be wrong.</param>
/// <param name="Method">How it was purified, as people say it.</param>
/// <param name="Noisy">At least three noisy copies.</param>
/// <param name="Purified">The same copies purified, in the same order.</param>
/// <param name="Certificate">The image's certificate.</param>
/// <param name="ClassNames">The classes' names in label order; may be empty.</param>
public sealed record PipelineExample(
    LabeledImage Image,
    double Sigma,
    double Alpha,
    string Method,
    IReadOnlyList<GridTile> Noisy,
    IReadOnlyList<GridTile> Purified,
    Certificate Certificate,
    IReadOnlyList<string> ClassNames);
