using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>What a visitor does from beginning to end, and what the page says when it cannot.</summary>
public sealed class StoryTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_visitor_certifies_an_image_watches_the_radius_grow_downloads_the_certificate_and_checks_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        List<string> complaints = Visitor.Complaints(page);

        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "boot.png",
            MimeType = "image/png",
            Buffer = PngImage.Encode(new FashionImages().Read(9)),
        });
        await Assertions.Expect(page.Locator("#image-name")).ToHaveTextAsync("boot.png");
        await page.GetByText("Quick").ClickAsync();

        // 600 draws in batches of 32; the pictures take one more. Held at two places to see the radius in between.
        server.Board.Allow(9);
        await page.GetByRole(AriaRole.Button, new() { Name = "Certify", Exact = true }).ClickAsync();
        ILocator radius = page.Locator("#radius-chart .value");
        await Assertions.Expect(radius).ToHaveTextAsync(new Regex("[1-9]"));
        double early = await Visitor.RadiusAsync(page);
        string before = await radius.TextContentAsync() ?? "";
        server.Board.Allow(6);
        await Assertions.Expect(radius).Not.ToHaveTextAsync(before);
        double later = await Visitor.RadiusAsync(page);
        Assert.True(later > early);
        server.Board.Open();

        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#certificate-claim")).ToContainTextAsync("alters this answer. The chance that this guarantee is false is at most 1 in 1,000");
        await Assertions.Expect(page.Locator(".answer")).ToHaveTextAsync("The answer is ankle boot.");
        await Assertions.Expect(page.Locator("#draws img")).ToHaveCountAsync(11);
        await Assertions.Expect(page.Locator(".examples img")).ToHaveCountAsync(3);

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#certificate .download").ClickAsync());
        byte[] file = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        CertificateDocument document = CertificateDocument.Parse(file, "the download");
        Assert.Equal(9, document.Certificate.Predicted);
        Assert.True(document.Certificate.Radius > later);

        await Visitor.CheckAsync(page, file);
        await Assertions.Expect(page.Locator(".outcome.holds")).ToHaveTextAsync("Everything it claims was found again.");
        await Assertions.Expect(page.Locator(".checks .passed")).ToHaveCountAsync(5);

        JsonNode tampered = JsonNode.Parse(file)!;
        tampered["certificate"]!["radius"] = 3.0;
        await Visitor.CheckAsync(page, System.Text.Encoding.UTF8.GetBytes(tampered.ToJsonString()));
        await Assertions.Expect(page.Locator(".outcome.refused")).ToContainTextAsync("Do not trust this certificate. The bound: ");
        await Assertions.Expect(page.Locator(".checks .failed").First).ToBeVisibleAsync();

        await Visitor.CheckAsync(page, "no certificate"u8.ToArray());
        await Assertions.Expect(page.Locator(".outcome.refused")).ToContainTextAsync("is not a certificate");
        // The browser reports the refused request itself; nothing else may be in its console.
        Assert.All(complaints, complaint => Assert.Contains("400 (Bad Request)", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_whole_of_it_works_by_keyboard()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await Assertions.Expect(page.Locator("#thumbs img")).ToHaveCountAsync(10);
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await page.Locator("#tab-certify").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator("#panel-runs")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Locator("#panel-certify")).ToBeVisibleAsync();

        await Visitor.TabToAsync(page, "sample");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator("#image-name")).ToContainTextAsync("Test image");
        await Visitor.TabToAsync(page, "sigma");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator("input[name=sigma]:checked")).ToHaveValueAsync("0.25");
        await Visitor.TabToAsync(page, "purifier");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#certificate")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task What_went_wrong_is_said_in_a_sentence()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxWaitingDraws = 50 });
        IPage page = await browser.OpenAsync(server);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToContainTextAsync("Choose an image first");
        await page.Locator("#thumbs label").First.ClickAsync();
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToContainTextAsync("come again later");
    }

    [Fact]
    public async Task A_service_with_a_key_asks_until_it_has_the_right_one()
    {
        const string key = "a key of sixteen or more";
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = key });
        IPage page = await browser.OpenAsync(server);
        ILocator dialog = page.Locator("#key-dialog");
        ILocator refused = page.Locator("#key-refused");
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await Assertions.Expect(refused).ToBeHiddenAsync();
        // A browser lets a page keep its dialog open once, and closes it the next time.
        for (int i = 0; i < 3; i++)
        {
            await page.Keyboard.PressAsync("Escape");
        }

        await UseAsync("a wrong key of sixteen");
        await Assertions.Expect(refused).ToBeVisibleAsync();
        await UseAsync(key);
        await Assertions.Expect(page.Locator("#thumbs img")).ToHaveCountAsync(10);
        await Assertions.Expect(dialog).ToBeHiddenAsync();

        async Task UseAsync(string text)
        {
            await page.Locator("#key").FillAsync(text);
            await page.GetByRole(AriaRole.Button, new() { Name = "Use key" }).ClickAsync();
        }
    }
}
