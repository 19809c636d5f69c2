using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>The view of run folders: table and curves tell the same, and nothing of the folder vanishes.</summary>
public sealed class RunsViewTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("certipure-runs-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_run_that_grows_has_its_new_curve_beside_its_new_numbers()
    {
        ExampleRun.Write(Path.Combine(_root, "run"), "none", [100, 40]);
        await using RunningServer server = await StartAsync();
        IPage page = await browser.OpenAsync(server, path: "/#runs");
        ILocator curve = page.Locator("#curves .curve");
        await Assertions.Expect(curve).ToHaveCountAsync(1);
        string before = await curve.GetAttributeAsync("d") ?? "";

        ExampleRun.Write(Path.Combine(_root, "run"), "none", [100, 40, 100, 100]);
        await page.Locator("#tab-certify").ClickAsync();
        await page.Locator("#tab-runs").ClickAsync();
        await Assertions.Expect(page.Locator("#runs-table tbody")).ToContainTextAsync("75.0 %");
        await Assertions.Expect(curve).Not.ToHaveAttributeAsync("d", before);
    }

    [Fact]
    public async Task A_run_that_is_unticked_before_its_curve_has_come_is_not_drawn()
    {
        WriteSeven();
        await using RunningServer server = await StartAsync();
        IPage page = await browser.OpenAsync(server, path: "/#runs");
        ILocator curves = page.Locator("#curves .curve");
        await Assertions.Expect(curves).ToHaveCountAsync(6);
        var release = new TaskCompletionSource();
        await page.RouteAsync("**/v1/runs/run-6", async route =>
        {
            await release.Task;
            await route.ContinueAsync();
        });
        ILocator box = page.GetByRole(AriaRole.Checkbox, new() { Name = "Show the curve of run-6" });
        await box.CheckAsync();
        await box.UncheckAsync();
        await page.RunAndWaitForResponseAsync(
            () =>
            {
                release.SetResult();
                return Task.CompletedTask;
            },
            response => response.Url.EndsWith("run-6", StringComparison.Ordinal));
        // What the page makes of the answer comes before its answer to this.
        await page.EvaluateAsync("fetch('healthz').then(answer => answer.text())");
        await Assertions.Expect(curves).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task No_two_curves_have_the_same_colour_and_dash()
    {
        WriteSeven();
        await using RunningServer server = await StartAsync();
        IPage page = await browser.OpenAsync(server, path: "/#runs");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Show the curve of run-6" }).CheckAsync();
        await Assertions.Expect(page.Locator("#curves .curve")).ToHaveCountAsync(7);
        foreach (string lines in new[] { "#curves .curve", "#runs-table .swatch line" })
        {
            string[] looks = await page.EvaluateAsync<string[]>(
                "lines => [...document.querySelectorAll(lines)].map(line => "
                + "`${getComputedStyle(line).stroke} ${getComputedStyle(line).strokeDasharray}`)",
                lines);
            Assert.Equal(7, looks.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(1360, 900, ColorScheme.Light)]
    [InlineData(1360, 900, ColorScheme.Dark)]
    public async Task The_board_is_sorted_filtered_and_read_and_nothing_of_it_is_cut_off(int width, int height, ColorScheme scheme)
    {
        ExampleRun.Write(Path.Combine(_root, "strong"), "consistency", [100, 95, 90]);
        ExampleRun.Write(Path.Combine(_root, "weak"), "consistency", [80, 20, 20]);
        ExampleRun.Write(Path.Combine(_root, "others/few"), "none", [100, 100], sigma: 1);
        await using RunningServer server = await StartAsync();
        IPage page = await browser.OpenAsync(server, width, height, scheme, path: "/#runs");
        ILocator names = page.Locator("#runs-table tbody label .name");
        await Assertions.Expect(page.Locator("#runs-table .group")).ToHaveCountAsync(2);
        Assert.True(await page.EvaluateAsync<bool>("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('.scroll'))"));

        // The run of two images has the highest numbers and is comparable to neither of the others.
        await Assertions.Expect(page.Locator("tr", new() { HasText = "strong" }).Locator("td.best").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("tr", new() { HasText = "others/few" }).Locator("td.best")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "≥ 0.25" }).ClickAsync();
        await Assertions.Expect(page.Locator("th[aria-sort=descending]")).ToContainTextAsync("≥ 0.25");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("≥ 0.25");
        string[] order = [.. (await names.AllInnerTextsAsync()).Select(text => text.Split('\n')[0])];
        Assert.True(Array.IndexOf(order, "weak") < Array.IndexOf(order, "strong"));

        await page.Locator("#curve-at").FillAsync("0.3");
        await Assertions.Expect(page.Locator("#curve-values")).ToContainTextAsync("strong: 100.0 %");
        await Assertions.Expect(page.Locator("#curve-values")).ToContainTextAsync("weak: 0.0 %");
        await Assertions.Expect(page.Locator("#bounds figure")).ToHaveCountAsync(3);
        await page.Locator("#curves svg").HoverAsync();
        await Assertions.Expect(page.Locator("#curve-radius")).Not.ToHaveTextAsync("0.30");

        await page.Locator("#runs-filter").FillAsync("none 1");
        await Assertions.Expect(names).ToHaveCountAsync(1);
        await Assertions.Expect(names).ToContainTextAsync("others/few");
    }

    [Fact]
    public async Task A_damaged_run_is_named()
    {
        ExampleRun.Write(Path.Combine(_root, "good"), "none", [100]);
        ExampleRun.WriteDamaged(Path.Combine(_root, "bad"));
        await using RunningServer server = await StartAsync();
        IPage page = await browser.OpenAsync(server, path: "/#runs");
        await Assertions.Expect(page.Locator("#runs-skipped")).ToHaveTextAsync(
            "Not shown, being damaged or without labels or certificates: bad.");
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(new ServerOptions { RunsRoot = _root });

    private void WriteSeven()
    {
        for (int i = 0; i < 7; i++)
        {
            ExampleRun.Write(Path.Combine(_root, $"run-{i}"), "none", [100, 99 - i]);
        }
    }
}
