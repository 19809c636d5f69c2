using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CertiPure.Reports;
using SkiaSharp;

namespace CertiPure.Imaging.Tests;

public sealed partial class ReportPlotTests
{
    public static TheoryData<string> Plots() => ["certified-accuracy-curves", "pareto-0.5", "transport", "training-hours-0.5", "vote-shares"];

    [Theory]
    [MemberData(nameof(Plots))]
    public void A_png_has_the_asked_size_and_every_series(string key)
    {
        using SKBitmap bitmap = Pictures.ToBitmap(Plot(key).ToPng(600, 400, scale: 2));

        Assert.Equal((1200, 800), (bitmap.Width, bitmap.Height));
        Assert.True(Pictures.Count(bitmap, "#0072B2") > 100);
        Assert.True(Pictures.Count(bitmap, "#D55E00") > 100);
    }

    [Theory]
    [MemberData(nameof(Plots))]
    public void Text_is_really_drawn_with_the_bundled_font(string key)
    {
        using SKBitmap bitmap = Pictures.ToBitmap(Plot(key).ToPng(600, 400, scale: 2));

        // The title's strip, and the strip of the x axis's name.
        Assert.True(Pictures.Count(bitmap, "#1F2328", new SKRectI(0, 0, 1200, 60)) > 60);
        Assert.True(Pictures.Count(bitmap, "#1F2328", new SKRectI(0, 740, 1200, 800)) > 60);
    }

    [Fact]
    public void The_font_has_every_sign_that_reports_use()
    {
        const string signs = "σα≥≤–−×₂‖…✓%éüß";
        foreach (SKTypeface typeface in new[] { ReportFont.Regular, ReportFont.SemiBold })
        {
            Assert.Equal("Inter", typeface.FamilyName.Split(' ')[0]);
            Assert.All(typeface.GetGlyphs(signs), glyph => Assert.NotEqual(0, glyph));
        }
    }

    [Theory]
    [MemberData(nameof(Plots))]
    public void An_svg_is_well_formed_says_what_it_shows_and_needs_no_other_file(string key)
    {
        ReportPlot plot = Plot(key);

        var svg = XDocument.Parse(plot.ToSvg());

        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(plot.Title, svg.Root!.Element(ns + "title")!.Value);
        Assert.Contains("first <&> run", svg.Root.Element(ns + "desc")!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(
            svg.Descendants().Attributes(),
            attribute => !attribute.IsNamespaceDeclaration && attribute.Value.Contains("://", StringComparison.Ordinal));
        Assert.All(svg.Descendants(ns + "text"), text => Assert.StartsWith("Inter,", text.Attribute("font-family")!.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Series_differ_without_colour_in_dash_and_marker()
    {
        string svg = Plot("certified-accuracy-curves").ToSvg();

        Assert.Single(Dashes().Matches(svg).Select(match => match.Value).Distinct());
        Assert.DoesNotMatch("stroke=\"#0072B2\"[^>]*stroke-dasharray", svg);
        Assert.Matches("stroke=\"#D55E00\"[^>]*stroke-dasharray", svg);
        Assert.Contains("<ellipse fill=\"#0072B2\"", svg, StringComparison.Ordinal);
        Assert.Contains("<rect fill=\"#D55E00\"", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_curve_falls_exactly_after_each_radius_and_ends_at_its_last()
    {
        CertifiedRun run = Pictures.Run("run", largest: 1, images: 4);

        ReportTable table = new CurvePlot([run]).ToTable();

        // Images 0, 1, 2 are right with radii 0.25, 0.5, 0.75; image 3 is wrong.
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], table.Rows.Select(row => row[1].Value!.Value));
        Assert.Equal([0.75, 0.75, 0.5, 0.25, 0], table.Rows.Select(row => row[2].Value!.Value));
    }

    [Fact]
    public void A_run_of_many_images_is_drawn_with_a_bounded_number_of_steps()
    {
        Assert.InRange(new CurvePlot([Pictures.Run("run", images: 10_000)]).ToTable().Rows.Count, 300, 500);
    }

    [Fact]
    public void The_description_of_many_images_gives_the_tables_numbers()
    {
        // Up to 1.5 in 400 steps, none of which is 0.5 or 1.
        CertifiedRun run = Pictures.Run("run", largest: 1.4, images: 10_000);

        string description = new CurvePlot([run]).Description;

        IReadOnlyList<AccuracyCell> table = CertifiedAccuracy.Of(run, [0, 0.5, 1]).Cells;
        Assert.EndsWith(
            string.Create(
                CultureInfo.InvariantCulture,
                $"run: {100 * table[0].Accuracy.Value:0.0} % at radius 0, {100 * table[1].Accuracy.Value:0.0} % at 0.5, "
                + $"{100 * table[2].Accuracy.Value:0.0} % at 1."),
            description,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Saving_leaves_picture_and_numbers_side_by_side()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("certipure-");
        try
        {
            Plot("transport").Save(folder.FullName);

            Assert.Equal(
                ["transport.csv", "transport.png", "transport.svg"], folder.GetFiles().Select(file => file.Name).Order());
            Assert.Equal(1 + (2 * 3), File.ReadAllLines(Path.Combine(folder.FullName, "transport.csv")).Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Accuracy_against_hours_has_a_line_per_method_in_the_order_of_hours()
    {
        CertifiedAccuracy[] runs = [.. ((string[])["late", "early", "other"]).Select(name => CertifiedAccuracy.Of(Pictures.Run(name)))];
        TrainingHours[] hours = [new("early", "EDM", 0.5), new("other", "consistency", 1), new("late", "EDM", 2), new("unused", "joint", 3)];

        ReportTable table = new TrainingHoursPlot(runs, hours, 0.5).ToTable();

        Assert.Equal(["early", "late", "other"], table.Rows.Select(row => row[1].Text));
        Assert.Equal([0.5, 2, 1], table.Rows.Select(row => row[2].Value!.Value));
        Assert.Contains(
            "no line for the run late",
            Assert.Throws<CertiPureException>(() => new TrainingHoursPlot(runs, hours[..2], 0.5)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Few_or_no_certificates_are_drawn_all_the_same(int right)
    {
        var run = new CertifiedRun(
            "run", null, [new CertifiedImage(0, 1, right, 0.3 * right, 1, 1)], null, HasPrintedRadii: false);

        Assert.NotEmpty(new CurvePlot([run]).ToPng());
        Assert.NotEmpty(new ParetoPlot([CertifiedAccuracy.Of(run)], 0.25).ToPng(380));
    }

    internal static ReportPlot Plot(string key)
    {
        CertifiedRun[] runs = [Pictures.Run("first <&> run"), Pictures.Run("second run", 1.7)];
        return key switch
        {
            "certified-accuracy-curves" => new CurvePlot(runs),
            "vote-shares" => new VoteSharePlot(runs),
            "pareto-0.5" => new ParetoPlot([.. runs.Select(run => CertifiedAccuracy.Of(run))], 0.5),
            "training-hours-0.5" => new TrainingHoursPlot(
                [.. runs.Select(run => CertifiedAccuracy.Of(run))], [.. runs.Select((run, i) => new TrainingHours(run.Name, run.Name, 1 + i))], 0.5),
            _ => new LevelPlot(
                "transport",
                [.. runs.Select((run, i) => new LevelSeries(run.Name, [(0.25, 1 + i), (0.5, 2 + i), (1, 4 + i)]))],
                "Transport against noise level",
                "transport"),
        };
    }

    [GeneratedRegex("stroke-dasharray=\"[^\"]*\"")]
    private static partial Regex Dashes();
}
