using System.Text.RegularExpressions;
using CertiPure.Reports;

namespace CertiPure.Imaging.Tests;

public sealed partial class HtmlReportTests
{
    private static readonly string Page = Write();

    [Fact]
    public void The_page_refers_to_no_other_host_and_forbids_itself_to()
    {
        string[] addresses = [.. Addresses().Matches(Page).Select(match => match.Value).Distinct()];

        // Names of XML namespaces are never fetched.
        Assert.All(addresses, address => Assert.StartsWith("http://www.w3.org/", address, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", Page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<link", Page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_that_users_choose_cannot_become_markup()
    {
        Assert.Contains("first &lt;&amp;&gt; run", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<&> run", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_picture_has_a_text_that_says_the_judgement()
    {
        string[] images = [.. Images().Matches(Page).Select(match => match.Value)];

        Assert.Equal(2, images.Length);
        Assert.Contains("alt=\"noisy, column 1, Trouser, right\"", images[0], StringComparison.Ordinal);
        Assert.Contains("alt=\"noisy, column 2, Bag, wrong\"", images[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_unique_and_links_and_clips_find_them()
    {
        string[] ids = [.. Ids().Matches(Page).Select(match => match.Groups[1].Value)];

        Assert.Equal(ids.Distinct(), ids);
        Assert.All(
            References().Matches(Page).Select(match => match.Groups[1].Value),
            reference => Assert.Contains(reference, ids));
    }

    [Fact]
    public void Tables_name_their_columns_and_rows_for_screen_readers()
    {
        Assert.Contains("<caption>Certified accuracy</caption>", Page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">first", Page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\" class=\"number\">", Page, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_tag_that_opens_closes()
    {
        string[] never = ["meta", "img", "!DOCTYPE"];
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(Styles().Replace(Page, "")))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[1].Value == "/")
            {
                Assert.Equal(open.Pop(), name);
            }
            else if (!never.Contains(name) && !tag.Value.EndsWith("/>", StringComparison.Ordinal))
            {
                open.Push(name);
            }
        }

        Assert.Empty(open);
    }

    [Fact]
    public void A_plot_s_numbers_can_be_downloaded_from_the_page()
    {
        Match link = Downloads().Match(Page);

        Assert.StartsWith(
            "run,radius,certifiedAccuracy,certifiedAccuracyLower,certifiedAccuracyUpper\n",
            Uri.UnescapeDataString(link.Groups[1].Value),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_cannot_be_written_is_one_sentence()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "report.html");

        Assert.Contains(path, Assert.Throws<CertiPureException>(() => new HtmlReport("title", "lead").Save(path)).Message, StringComparison.Ordinal);
    }

    private static string Write()
    {
        CertifiedRun[] runs = [Pictures.Run("first <&> run"), Pictures.Run("second run", 1.7)];
        GridTile[] tiles =
        [
            GridTile.Of(Pictures.Gradient(1, 8, 8), true, "Trouser"), GridTile.Of(Pictures.Gradient(3, 8, 8), false, "Bag"),
        ];
        HtmlReport report = new HtmlReport("A <title>", "A lead & more.")
            .AddKeyFigures([("61.0 %", "certified at 0.5")])
            .AddSection("One").AddTable(CertifiedAccuracyTable.Of([.. runs.Select(run => CertifiedAccuracy.Of(run))]))
            .AddSection("Two").AddPlot(ReportPlotTests.Plot("certified-accuracy-curves")).AddPlot(ReportPlotTests.Plot("pareto-0.5"))
            .AddSection("Three").AddGrid(new ImageGrid([new GridRow("noisy", tiles)]), "The same noise")
            .AddSection("Four").AddText("1 < 2");
        using var writer = new StringWriter();
        report.Write(writer);
        return writer.ToString();
    }

    [GeneratedRegex("https?://[^\"' )<]*")]
    private static partial Regex Addresses();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Images();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Ids();

    [GeneratedRegex("(?:url\\(#|href=\"#)([^)\"]*)")]
    private static partial Regex References();

    [GeneratedRegex("<(/?)([!a-zA-Z][a-zA-Z0-9]*)[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Styles();

    [GeneratedRegex("href=\"data:text/csv;charset=utf-8,([^\"]*)\"")]
    private static partial Regex Downloads();
}
