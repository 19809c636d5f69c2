using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>What has to be at hand is in view, wherever the page is scrolled to; explanations open where they are needed.</summary>
public sealed class ViewportTests(Browser browser) : IClassFixture<Browser>
{
    [Theory]
    [InlineData(1360, 900, ColorScheme.Light)]
    [InlineData(1360, 900, ColorScheme.Dark)]
    [InlineData(1024, 700, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Progress_and_Stop_are_in_view_from_the_start_of_a_run_to_its_end(int width, int height, ColorScheme scheme)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server, width, height, scheme);
        await Visitor.ChooseAsync(page);
        server.Board.Allow(9);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#pace")).ToContainTextAsync("draws");
        await Assertions.Expect(page.Locator("#live")).ToBeInViewportAsync();
        foreach (double share in new[] { 0, 0.3, 0.6, 1 })
        {
            await page.EvaluateAsync("share => scrollTo(0, share * document.documentElement.scrollHeight)", share);
            await IsInViewAsync(page, "#progress", height);
            await IsInViewAsync(page, "#stop", height);
            if (width >= 1024)
            {
                await IsInViewAsync(page, "#certify", height);
            }
        }

        server.Board.Open();
        await Assertions.Expect(page.Locator("#certificate-claim")).ToBeInViewportAsync();
    }

    [Theory]
    [InlineData("sigma")]
    [InlineData("draws")]
    [InlineData("plan")]
    public async Task An_explanation_opens_on_focus_and_on_a_tap_and_closes_on_Escape(string key)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, 390, 844);
        await Assertions.Expect(page.Locator("#thumbs img")).ToHaveCountAsync(10);
        await page.EvaluateAsync("document.getElementById('more').open = true");
        ILocator button = page.Locator($"[aria-controls=what-{key}]");
        ILocator text = page.Locator($"#what-{key}");
        await Assertions.Expect(text).ToBeHiddenAsync();
        await button.FocusAsync();
        await Assertions.Expect(text).ToBeVisibleAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-expanded", "true");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(text).ToBeHiddenAsync();
        await page.Locator("#tab-certify").FocusAsync();

        await button.ClickAsync();
        await Assertions.Expect(text).ToBeVisibleAsync();
        await button.ClickAsync();
        await Assertions.Expect(text).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_budget_is_stated_in_seconds_as_they_were_measured_at_the_start()
    {
        await using RunningServer server = await RunningServer.StartAsync(warm: true);
        while (!(await server.Client.GetAsync("/readyz", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
        {
            await Task.Yield();
        }

        IPage page = await browser.OpenAsync(server, 1360, 900);
        await Assertions.Expect(page.Locator("#ceiling")).ToContainTextAsync("on this machine");
        await Assertions.Expect(page.Locator(".cost").First).ToContainTextAsync("about ");
    }

    private static async Task IsInViewAsync(IPage page, string selector, int height)
    {
        LocatorBoundingBoxResult box = (await page.Locator(selector).BoundingBoxAsync())!;
        Assert.True(box.Y >= 0 && box.Y + box.Height <= height, $"{selector} is at {box.Y} to {box.Y + box.Height} of {height}.");
    }
}
