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
