using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>How the page looks: accessible in every state, and nothing beside the screen on a phone. With CERTIPURE_SCREENSHOTS set
/// to a folder, the screenshots of the documentation are written there.</summary>
public sealed class LookTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _runs = Directory.CreateTempSubdirectory("certipure-runs-").FullName;

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light, "wide-light")]
    [InlineData(1280, 900, ColorScheme.Dark, "wide-dark")]
    [InlineData(1360, 900, ColorScheme.Light, "desk-light")]
    [InlineData(1024, 700, ColorScheme.Light, "small-light")]
    [InlineData(390, 844, ColorScheme.Light, "phone-light")]
    [InlineData(390, 844, ColorScheme.Dark, "phone-dark")]
    public async Task Both_tabs_are_accessible_and_fit_the_screen(int width, int height, ColorScheme scheme, string name)
    {
        WriteRuns();
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { RunsRoot = _runs });
        IPage page = await browser.OpenAsync(server, width, height, scheme);
        await Assertions.Expect(page.Locator("#thumbs img")).ToHaveCountAsync(10);
        await LookAsync(page, $"start-{name}");

        await page.GetByRole(AriaRole.Radio, new() { Name = "Test image 9" }).CheckAsync(new() { Force = true });
        await Assertions.Expect(page.Locator("#image-name")).ToHaveTextAsync("Test image 9");
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#draws img")).ToHaveCountAsync(11);
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#certificate .download").ClickAsync());
        await page.Locator("#check-file").SetInputFilesAsync(await download.PathAsync());
        await Assertions.Expect(page.Locator(".outcome.holds")).ToBeVisibleAsync();
        await LookAsync(page, $"certify-{name}");

        await page.GetByRole(AriaRole.Tab, new() { Name = "Runs" }).ClickAsync();
        await Assertions.Expect(page.Locator("#curves .curve")).ToHaveCountAsync(3);
        await LookAsync(page, $"runs-{name}");
        // Beyond its largest certified radius every curve is at zero, which is the axis.
        Assert.True(await page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('#curves .curve')].every(curve => Math.abs(Number(curve.getAttribute('d').split(' ').at(-1)) "
            + "- Number(document.querySelector('#curves .axis').getAttribute('y1'))) < 0.1)"));
    }

    private static async Task LookAsync(IPage page, string name)
    {
        AxeResult axe = await page.RunAxe();
        Assert.True(
            axe.Violations.Length == 0,
            string.Join('\n', axe.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}")));
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        if (Environment.GetEnvironmentVariable("CERTIPURE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            // A picture of the whole page is higher than any screen; what keeps to the edge of a screen would lie in its middle.
            await page.EvaluateAsync(
                """
                () => {
                  scrollTo(0, 0);
                  document.activeElement.blur();
                  document.querySelector('.controls').scrollTop = 0;
                  if (innerWidth < 1024) document.querySelector('.go').style.position = 'static';
                }
                """);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        }
    }

    private void WriteRuns()
    {
        var random = new Random(5);
        foreach ((string purifier, int mean) in new[] { ("none", 52), ("edm", 82), ("consistency", 92) })
        {
            int[] votes = [.. Enumerable.Range(0, 60).Select(_ => Math.Clamp(mean + random.Next(-25, 26), 0, 100))];
            ExampleRun.Write(Path.Combine(_runs, $"{purifier}-0.5"), purifier, votes);
        }
    }
}
