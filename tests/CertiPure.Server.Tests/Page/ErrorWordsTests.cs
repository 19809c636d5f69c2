using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>What goes wrong is said in words, where it goes wrong, and the first reason stays.</summary>
public sealed class ErrorWordsTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_stream_that_ends_early_is_said_to_have()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await Visitor.ChooseAsync(page);
        await page.RouteAsync("**/v1/certify", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream", Body = "event: accepted\ndata: {\"seed\":1,\"total\":1100,\"queuedDraws\":0}\n\n",
        }));
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync(
            "The connection to the service ended before the answer was complete; check that it is running, then try again.");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("Not finished.");
    }

    [Fact]
    public async Task A_service_that_stops_in_mid_run_says_how_far_it_came_and_then_cannot_be_reached()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ShutdownGrace = TimeSpan.Zero, ProgressInterval = TimeSpan.Zero });
        IPage page = await browser.OpenAsync(server);
        await Visitor.ChooseAsync(page);
        server.Board.Allow(9);
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#pace")).ToContainTextAsync("of 1,100 draws");
        Task stopping = server.StopAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToContainTextAsync("The service stopped after");
        server.Board.Open();
        await stopping;
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync("The service cannot be reached; check that it is running.");
    }

    [Fact]
    public async Task The_reason_of_a_refused_upload_is_not_overwritten_by_the_next_request()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await Visitor.UploadAsync(page, new FashionImages().Read(9));
        await page.RouteAsync("**/v1/certify", route => RefuseAsync(route, 400, "This is not a picture that can be read."));
        var pictures = new TaskCompletionSource();
        await page.RouteAsync("**/v1/purify", async route =>
        {
            await pictures.Task;
            await RefuseAsync(route, 429, "Come again later.");
        });
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync("This is not a picture that can be read.");
        pictures.SetResult();
        await page.EvaluateAsync("fetch('healthz').then(answer => answer.text())");
        await Assertions.Expect(page.Locator("#page-error")).ToHaveTextAsync("This is not a picture that can be read.");
        await Assertions.Expect(page.Locator("#draws-note")).ToBeHiddenAsync();
    }

    private static Task RefuseAsync(IRoute route, int status, string detail) => route.FulfillAsync(new()
    {
        Status = status, ContentType = "application/problem+json", Body = $$"""{"status":{{status}},"detail":"{{detail}}"}""",
    });
}
