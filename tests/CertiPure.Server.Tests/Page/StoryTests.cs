using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;
using SkiaSharp;

namespace CertiPure.Server.Tests.Page;

public sealed class StoryTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_visitor_certifies_an_image_watches_the_radius_grow_downloads_the_certificate_and_checks_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        List<string> complaints = Complaints(page);

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
        double early = await RadiusAsync(page);
        string before = await radius.TextContentAsync() ?? "";
        server.Board.Allow(6);
        await Assertions.Expect(radius).Not.ToHaveTextAsync(before);
        double later = await RadiusAsync(page);
        Assert.True(later > early);
        server.Board.Open();

        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#claim")).ToContainTextAsync("alters this answer; wrong with probability at most 0.001.");
        await Assertions.Expect(page.Locator(".answer")).ToHaveTextAsync("The answer is ankle boot.");
        await Assertions.Expect(page.Locator("#draws img")).ToHaveCountAsync(11);
        await Assertions.Expect(page.Locator(".examples img")).ToHaveCountAsync(3);

        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#download").ClickAsync());
        byte[] file = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        CertificateDocument document = CertificateDocument.Parse(file, "the download");
        Assert.Equal(9, document.Certificate.Predicted);
        Assert.True(document.Certificate.Radius > later);

        await CheckAsync(page, file);
        await Assertions.Expect(page.Locator(".outcome.valid")).ToHaveTextAsync("Everything it claims was found again.");
        await Assertions.Expect(page.Locator(".checks .passed")).ToHaveCountAsync(5);

        JsonNode tampered = JsonNode.Parse(file)!;
        tampered["certificate"]!["radius"] = 3.0;
        await CheckAsync(page, System.Text.Encoding.UTF8.GetBytes(tampered.ToJsonString()));
        await Assertions.Expect(page.Locator(".outcome.refused")).ToHaveTextAsync("This certificate cannot be trusted.");
        await Assertions.Expect(page.Locator(".checks .failed").First).ToBeVisibleAsync();

        await CheckAsync(page, "no certificate"u8.ToArray());
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

        await TabToAsync(page, "sample");
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(page.Locator("#image-name")).ToContainTextAsync("Test image");
        await TabToAsync(page, "sigma");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator("input[name=sigma]:checked")).ToHaveValueAsync("0.25");
        await TabToAsync(page, "purifier");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#certificate")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_running_certification_can_be_stopped()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        await page.Locator("#thumbs label").First.ClickAsync();
        server.Board.Allow(4);
        await page.Locator("#certify").ClickAsync();
        await page.Locator("#stop").ClickAsync();
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Stopped.");
        // The pictures' request, a batch and five draws, may still be there.
        await server.UntilAsync(health => (int)health["queuedDraws"]! <= 32 + 5);
        server.Board.Open();
        await Assertions.Expect(page.Locator("#certify")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Stopping_also_stops_the_pictures_which_would_otherwise_come_late()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await ChooseAsync(page);
        await page.RouteAsync("**/v1/purify", _ => Task.CompletedTask);
        var failed = new TaskCompletionSource<string>();
        page.RequestFailed += (_, request) =>
        {
            if (request.Url.EndsWith("purify", StringComparison.Ordinal))
            {
                failed.TrySetResult(request.Failure ?? "");
            }
        };
        server.Board.Allow(1);
        await page.Locator("#certify").ClickAsync();
        await page.Locator("#stop").ClickAsync();
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Stopped.");
        Assert.Contains(
            "ABORTED",
            await failed.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_is_done_even_if_its_pictures_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await ChooseAsync(page);
        await page.RouteAsync("**/v1/purify", route => route.FulfillAsync(new()
        {
            Status = 429, ContentType = "application/problem+json", Body = """{"detail":"Come again later."}""",
        }));
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#certify")).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Done in");
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync("No draws can be shown. Come again later.");
    }

    [Fact]
    public async Task Phases_and_the_end_are_read_out_and_the_numbers_on_the_way_are_not()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        await page.EvaluateAsync(
            """
            () => {
              window.heard = [];
              for (const region of document.querySelectorAll('#status, #check-results'))
                new MutationObserver(() => heard.push(region.textContent))
                  .observe(region, { childList: true, characterData: true, subtree: true });
            }
            """);
        await ChooseAsync(page);
        server.Board.Allow(9);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#pace")).ToContainTextAsync("of 1,100 draws");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Counting votes");
        server.Board.Open();
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Done in");
        await Assertions.Expect(page.Locator("#pace")).ToBeEmptyAsync();
        // Waiting, perhaps with how many draws of others, selecting, counting, done.
        Assert.InRange((await page.EvaluateAsync<string[]>("heard")).Length, 3, 5);

        CertificateDocument document = await DownloadAsync(page);
        await page.EvaluateAsync("heard.length = 0");
        await CheckAsync(page, document.ToJson());
        await Assertions.Expect(page.Locator(".outcome.valid")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#check-progress")).ToBeEmptyAsync();
        // The beginning, five checks and the verdict.
        Assert.InRange((await page.EvaluateAsync<string[]>("heard")).Length, 2, 7);
    }

    [Fact]
    public async Task A_radius_near_zero_is_written_above_the_axis_and_clear_of_its_numbers()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await ChooseAsync(page);
        await page.Locator("#more summary").ClickAsync();
        // So few votes prove next to nothing, and the last of them is at the last number of the axis.
        await page.Locator("#n").FillAsync("10");
        server.Board.Allow(0);
        await page.Locator("#certify").ClickAsync();
        await IsAboveAsync();
        server.Board.Open();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await IsAboveAsync();

        async Task IsAboveAsync()
        {
            await Assertions.Expect(page.Locator("#radius-chart .value")).ToHaveTextAsync(new Regex("^0\\.00"));
            Assert.True(await page.EvaluateAsync<bool>(
                """
                () => {
                  const value = document.querySelector('#radius-chart .value').getBBox();
                  return value.y + value.height <= Number(document.querySelector('#radius-chart .axis').getAttribute('y1'));
                }
                """));
        }
    }

    [Theory]
    [InlineData("#n", "", "Draws must be a whole number from 1 to 100000.")]
    [InlineData("#n", "0", "Draws must be a whole number from 1 to 100000.")]
    [InlineData("#n0", "1.5", "Selection draws must be a whole number from 1 to 1000.")]
    [InlineData("#alpha", "0.5", "Error probability must be a number from 0.000001 to 0.05.")]
    public async Task A_number_that_the_service_would_refuse_is_refused_before_the_start(string field, string text, string words)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await ChooseAsync(page);
        await page.Locator("#more summary").ClickAsync();
        string good = await page.Locator(field).InputValueAsync();
        await page.Locator(field).FillAsync(text);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync(words);
        await Assertions.Expect(page.Locator(field)).ToBeFocusedAsync();

        await page.Locator(field).FillAsync(good);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_is_chosen_during_a_run_is_for_the_next_one()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        List<string> complaints = Complaints(page);
        await ChooseAsync(page);
        await page.Locator("#more summary").ClickAsync();
        await page.Locator("#n").FillAsync("600");
        server.Board.Allow(9);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#radius-chart .value")).ToHaveTextAsync(new Regex("[1-9]"));
        string radius = await page.Locator("#radius-chart .value").TextContentAsync() ?? "";
        await page.GetByText("σ 1", new() { Exact = true }).ClickAsync();
        await page.Locator("#n").FillAsync("");
        server.Board.Allow(3);
        await Assertions.Expect(page.Locator("#radius-chart .value")).Not.ToHaveTextAsync(radius);
        await page.Locator("#n").FillAsync("100000");
        server.Board.Open();

        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#certificate .facts")).ToContainTextAsync("of 600");
        await Assertions.Expect(page.Locator("#radius-chart")).ToContainTextAsync("600");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_picture_of_another_size_is_resized_in_the_browser_and_said_to_be()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        var large = new Images.LabeledImage(0, null, new Images.ImageShape(3, 60, 90), new byte[3 * 60 * 90]);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "photo.png", MimeType = "image/png", Buffer = PngImage.Encode(large),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("resized from 90 × 60 to 28 × 28, grey");
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_the_preview_shows_is_what_is_certified_whatever_the_file_says_of_its_colours()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        // Of the exact size, so that nothing is resized, in colour and with a profile that a browser would apply.
        var info = new SKImageInfo(28, 28, SKColorType.Rgba8888, SKAlphaType.Opaque, SKColorSpace.CreateSrgbLinear());
        using var colourful = new SKBitmap(info);
        int[][] colours = [.. Enumerable.Range(0, 28 * 28).Select(i => (int[])[i * 7 % 256, i * 13 % 256, i * 29 % 256])];
        colours.SelectMany(colour => colour.Append(255)).Select(value => (byte)value).ToArray().CopyTo(colourful.GetPixelSpan());
        using SKData png = colourful.Encode(SKEncodedImageFormat.Png, quality: 100);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "colours.png", MimeType = "image/png", Buffer = png.ToArray(),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("28 × 28, grey");
        int[] seen = await GreyAsync(page, "#preview");
        Assert.Equal(colours.Select(colour => ((299 * colour[0]) + (587 * colour[1]) + (114 * colour[2]) + 500) / 1000), seen);

        CertificateDocument document = await CertifyAsync(page);
        Assert.Equal(seen, document.Pixels.Select(value => (int)value));
        Assert.Equal(seen, await GreyAsync(page, ".examples img"));
    }

    [Fact]
    public async Task An_image_that_the_browser_cannot_show_is_shown_as_the_service_read_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await page.EvaluateAsync("() => { window.createImageBitmap = () => Promise.reject(new Error('unknown')); }");
        Images.LabeledImage boot = new FashionImages().Read(9);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "boot.png", MimeType = "image/png", Buffer = PngImage.Encode(boot),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("no preview");

        await CertifyAsync(page);
        int[] pixels = [.. boot.Bytes.ToArray().Select(value => (int)value)];
        Assert.Equal(pixels, await GreyAsync(page, ".examples img"));
        await Assertions.Expect(page.Locator("#draws img")).ToHaveCountAsync(11);
        Assert.Equal(pixels, await GreyAsync(page, "#draws .original img"));
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

    private static async Task ChooseAsync(IPage page)
    {
        await page.Locator("#thumbs label").First.ClickAsync();
        await Assertions.Expect(page.Locator("#image-name")).ToContainTextAsync("Test image");
    }

    private static async Task<CertificateDocument> CertifyAsync(IPage page)
    {
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        return await DownloadAsync(page);
    }

    private static async Task<CertificateDocument> DownloadAsync(IPage page)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#download").ClickAsync());
        byte[] file = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        return CertificateDocument.Parse(file, "the download");
    }

    /// <summary>The red values of the first picture or canvas that is found, which are its grey values if it is grey.</summary>
    private static Task<int[]> GreyAsync(IPage page, string selector) => page.EvaluateAsync<int[]>(
        """
        async selector => {
          const shown = document.querySelector(selector);
          await shown.decode?.();
          const canvas = document.createElement('canvas');
          canvas.width = shown.naturalWidth ?? shown.width;
          canvas.height = shown.naturalHeight ?? shown.height;
          const context = canvas.getContext('2d');
          context.drawImage(shown, 0, 0);
          return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0);
        }
        """,
        selector);

    private static List<string> Complaints(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }

    private static async Task<double> RadiusAsync(IPage page) => double.Parse(
        await page.Locator("#radius-chart .value").TextContentAsync() ?? "", CultureInfo.InvariantCulture);

    private static Task CheckAsync(IPage page, byte[] file) => page.Locator("#check-file").SetInputFilesAsync(new FilePayload
    {
        Name = "certificate.json", MimeType = "application/json", Buffer = file,
    });

    private static async Task TabToAsync(IPage page, string name)
    {
        for (int i = 0; i < 30; i++)
        {
            if (await page.EvaluateAsync<string?>("document.activeElement?.name") == name)
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The keyboard does not reach {name}.");
    }
}
