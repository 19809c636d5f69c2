using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>The page shows what the radius follows from: the bars of both leading classes, and the gap between their bounds.</summary>
public sealed partial class GapTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1360, 900, ColorScheme.Light)]
    [InlineData(1360, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task The_gap_between_both_leading_classes_grows_and_the_distance_with_it_up_to_the_certificates_own(
        int width, int height, ColorScheme scheme)
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new ServerOptions { ProgressInterval = TimeSpan.Zero, AllowClientSeed = true });
        IPage page = await browser.OpenAsync(server, width, height, scheme);
        // More of a shirt than of a trouser: under the noise six of seven draws are a shirt, and nearly all others a trouser.
        var images = new FashionImages();
        byte[] between = [.. images.Read(6).Bytes.ToArray().Zip(images.Read(1).Bytes.ToArray(), (a, b) => (byte)(0.6 * a + 0.4 * b))];
        await Visitor.UploadAsync(page, images.Read(6) with { Bytes = between });
        await page.GetByText("σ 1", new() { Exact = true }).ClickAsync();
        await page.GetByText("No purifier").ClickAsync();
        await page.Locator("#more summary").ClickAsync();
        await page.Locator("#n").FillAsync("1000");
        await page.Locator("#seed").FillAsync("3");
        // 4 batches of 32 for the selection, which leave room for a few draws of the estimation, and 2 more.
        server.Board.Allow(6);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#gap.known")).ToHaveCountAsync(1);
        await server.UntilAsync(_ => server.Board.Passed == 6);
        await page.Locator("#gap").ScrollIntoViewIfNeededAsync();
        await ShowsBothClassesAsync(page);
        await PictureAsync(page, $"gap-early-{width}-{scheme}");
        (double first, double other) early = await BoundsAsync(page);
        double earlyRadius = await Visitor.RadiusAsync(page);

        server.Board.Open();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        CertificateDocument document = await Visitor.DownloadAsync(page);
        await ShowsBothClassesAsync(page);
        (double first, double other) late = await BoundsAsync(page);
        Assert.Equal(BoundKind.Margin, document.Experiment.Bound);
        Assert.Equal(document.Certificate.LowerBound, late.first, 0.001);
        Assert.Equal(document.Certificate.UpperBound!.Value, late.other, 0.001);
        Assert.Equal(document.Certificate.Radius, await Visitor.RadiusAsync(page), 0.001);
        Assert.True(late.first - late.other > early.first - early.other, $"The gap went from {early} to {late}.");
        Assert.True(await Visitor.RadiusAsync(page) > earlyRadius);
        await page.Locator("#gap").ScrollIntoViewIfNeededAsync();
        await PictureAsync(page, $"gap-late-{width}-{scheme}");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
    }

    /// <summary>The two bars of most votes are coloured, each in the colour that its end of the line has.</summary>
    private static async Task ShowsBothClassesAsync(IPage page)
    {
        await Assertions.Expect(page.Locator(".vote.leading")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".vote.runner-up")).ToHaveCountAsync(1);
        int[] votes = [.. (await page.Locator(".vote .count").AllInnerTextsAsync())
            .Select(text => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).OrderDescending()];
        Assert.Equal(votes[0].ToString("N0", CultureInfo.InvariantCulture), await page.Locator(".vote.leading .count").InnerTextAsync());
        Assert.Equal(votes[1].ToString("N0", CultureInfo.InvariantCulture), await page.Locator(".vote.runner-up .count").InnerTextAsync());
        foreach ((string bar, string part) in new[] { (".vote.leading .fill", "#gap-between"), (".vote.runner-up .fill", "#gap-other") })
        {
            Assert.Equal(await ColourAsync(page, bar), await ColourAsync(page, part));
        }
    }

    /// <summary>The bounds as the words have them, once the line is seen to have the same.</summary>
    private static async Task<(double First, double Other)> BoundsAsync(IPage page)
    {
        Match words = Words().Match(await page.Locator("#gap-words").InnerTextAsync());
        Assert.True(words.Success, await page.Locator("#gap-words").InnerTextAsync());
        double first = double.Parse(words.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 100;
        double other = double.Parse(words.Groups[2].ValueSpan, CultureInfo.InvariantCulture) / 100;
        double whole = await WidthAsync(page, "#gap");
        Assert.Equal(other, await WidthAsync(page, "#gap-other") / whole, 0.006);
        Assert.Equal(first - other, await WidthAsync(page, "#gap-between") / whole, 0.006);
        return (first, other);
    }

    private static async Task<double> WidthAsync(IPage page, string selector) => (await page.Locator(selector).BoundingBoxAsync())!.Width;

    private static Task<string> ColourAsync(IPage page, string selector) =>
        page.Locator(selector).EvaluateAsync<string>("shown => getComputedStyle(shown).backgroundColor");

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("CERTIPURE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }

    [GeneratedRegex(@"Leading class at least ([\d.]+) %, every other at most ([\d.]+) %: the gap gives the distance\.")]
    private static partial Regex Words();
}
