using System.Xml.Linq;
using CertiPure.Images;
using CertiPure.Smoothing;
using SkiaSharp;

namespace CertiPure.Imaging.Tests;

public sealed class PipelineFigureTests
{
    [Fact]
    public void A_certificate_is_told_with_its_radius_rounded_down()
    {
        var figure = new PipelineFigure(Example(predicted: 2, radius: 0.6999));

        Assert.Contains("Dress, certified within L2 radius 0.69", figure.Description, StringComparison.Ordinal);
        Assert.Contains("R = 0.69", Texts(figure), StringComparison.Ordinal);
    }

    [Fact]
    public void An_abstention_shows_no_ball()
    {
        using SKBitmap certified = Pictures.ToBitmap(new PipelineFigure(Example(predicted: 2, radius: 0.6)).ToPng());
        using SKBitmap abstained = Pictures.ToBitmap(new PipelineFigure(Example(predicted: null, radius: 0)).ToPng());

        Assert.True(Pictures.Count(certified, "#1A7F37") > 300);
        Assert.Equal(0, Pictures.Count(abstained, "#1A7F37"));
        Assert.Contains("abstain", Texts(new PipelineFigure(Example(predicted: null, radius: 0))), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_classes_that_got_votes_have_a_bar()
    {
        string texts = Texts(new PipelineFigure(Example(predicted: 2, radius: 0.6)));

        Assert.Contains("Dress|", texts, StringComparison.Ordinal);
        Assert.Contains("Coat|", texts, StringComparison.Ordinal);
        Assert.DoesNotContain("Shirt|", texts, StringComparison.Ordinal);
    }

    [Fact]
    public void Dashes_of_a_wrong_copy_are_in_the_svg_too()
    {
        XNamespace ns = "http://www.w3.org/2000/svg";
        var svg = XDocument.Parse(new PipelineFigure(Example(predicted: 2, radius: 0.6)).ToSvg());

        string[] red = [.. svg.Descendants(ns + "path")
            .Where(path => path.Attribute("fill")?.Value == "#CF222E").Select(path => path.Attribute("d")!.Value)];

        Assert.Contains(red, outline => outline.Count(c => c == 'M') > 10);
    }

    /// <summary>All texts of the figure, as the SVG has them, each followed by a bar.</summary>
    private static string Texts(PipelineFigure figure)
    {
        XNamespace ns = "http://www.w3.org/2000/svg";
        return string.Concat(XDocument.Parse(figure.ToSvg()).Descendants(ns + "text").Select(text => text.Value.Trim() + "|"));
    }

    private static PipelineExample Example(int? predicted, double radius)
    {
        LabeledImage image = Pictures.Gradient(1, 8, 8) with { Label = 2 };
        GridTile[] noisy = [GridTile.Of(image), GridTile.Of(image), GridTile.Of(image)];
        GridTile[] purified = [GridTile.Of(image), GridTile.Of(image), GridTile.Of(image, isCorrect: false)];
        var certificate = new Certificate(
            0, 2, predicted, [0, 7, 93], [new Look(500, 470, 0.001)], 500, predicted is null ? 0.4 : 0.9, radius, 1);
        return new PipelineExample(
            image, 0.5, 0.001, "one network call", noisy, purified, certificate, ["Shirt", "Coat", "Dress"]);
    }
}
