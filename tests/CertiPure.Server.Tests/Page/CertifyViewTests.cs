using System.Text.RegularExpressions;
using CertiPure.Results;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>The view of a certification at work: its start, its numbers on the way, its stop and its end.</summary>
public sealed class CertifyViewTests(Browser browser) : IClassFixture<Browser>
{
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
        await Visitor.ChooseAsync(page);
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
        await Visitor.ChooseAsync(page);
        await page.RouteAsync("**/v1/purify", route => route.FulfillAsync(new()
        {
            Status = 429, ContentType = "application/problem+json", Body = """{"detail":"Come again later."}""",
        }));
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#certify")).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Done in");
        await Assertions.Expect(page.Locator("#draws-note")).ToHaveTextAsync("No draws can be shown. Come again later.");
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
        await Visitor.ChooseAsync(page);
        server.Board.Allow(9);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#pace")).ToContainTextAsync("of 1,100 draws");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Counting votes");
        server.Board.Open();
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Done in");
        await Assertions.Expect(page.Locator("#pace")).ToBeEmptyAsync();
        // Waiting, perhaps with how many draws of others, selecting, counting, done.
        Assert.InRange((await page.EvaluateAsync<string[]>("heard")).Length, 3, 5);

        CertificateDocument document = await Visitor.DownloadAsync(page);
        await page.EvaluateAsync("heard.length = 0");
        await Visitor.CheckAsync(page, document.ToJson());
        await Assertions.Expect(page.Locator(".outcome.holds")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#check-progress")).ToBeEmptyAsync();
        // The beginning, five checks and the verdict.
        Assert.InRange((await page.EvaluateAsync<string[]>("heard")).Length, 2, 7);
    }

    [Fact]
    public async Task A_radius_near_zero_is_written_above_the_axis_and_clear_of_its_numbers()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await Visitor.ChooseAsync(page);
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
        await Visitor.ChooseAsync(page);
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
        List<string> complaints = Visitor.Complaints(page);
        await Visitor.ChooseAsync(page);
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
}
