using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CertiPure.Server.Endpoints;

namespace CertiPure.Server.Tests.Certification;

public sealed class SharingTests
{
    [Fact]
    public async Task Ten_clients_at_once_take_hardly_more_forward_passes_than_the_same_work_in_one()
    {
        // 10 x 150 draws in batches of 32: alone they would leave every client's last batches half empty.
        await using RunningServer server = await RunningServer.StartAsync();
        await using RunningServer alone = await RunningServer.StartAsync();
        await alone.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n0", "100"), ("n", "1400")));

        server.Board.Allow(0);
        Task<JsonNode>[] clients =
        [
            .. Enumerable.Range(0, 10).Select(id =>
                server.PostJsonAsync("/v1/certify", RunningServer.Form(id, ("n0", "10"), ("n", "140")))),
        ];
        await server.UntilAsync(health => (int)health["queuedDraws"]! == 10 * 150);
        server.Board.Open();
        await Task.WhenAll(clients);
        Assert.InRange(server.Board.Passed, 0, 1.3 * alone.Board.Passed);
    }

    [Fact]
    public async Task A_small_request_is_not_starved_by_a_large_one()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Board.Allow(3);
        Task<JsonNode> large = server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20000")));
        await server.UntilAsync(_ => server.Board.Passed == 3);
        Task<JsonNode> small = server.PostJsonAsync("/v1/certify", RunningServer.Form(2, ("n0", "10"), ("n", "50")));
        await server.UntilAsync(health => (int)health["queuedDraws"]! == 20_100 + 60);

        // Two batches were filled before the small request came; then its 60 draws get half of each batch of 32, and between
        // its two phases one batch may pass.
        server.Board.Allow(2 + 4 + 2);
        await small;
        Assert.False(large.IsCompleted);
        server.Board.Open();
        await large;
    }

    [Fact]
    public async Task Clients_that_share_batches_get_the_certificates_they_would_get_alone()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { AllowClientSeed = true });
        server.Board.Allow(0);
        Task<JsonNode>[] together = [.. Enumerable.Range(0, 6).Select(id => CertifyAsync(id))];
        await server.UntilAsync(health => (int)health["queuedDraws"]! == Enumerable.Range(0, 6).Sum(id => 200 + id));
        server.Board.Open();
        await Task.WhenAll(together);
        for (int id = 0; id < together.Length; id++)
        {
            JsonNode alone = await CertifyAsync(id);
            Assert.Equal(Votes(alone), Votes(await together[id]));
        }

        Task<JsonNode> CertifyAsync(int id) => server.PostJsonAsync(
            "/v1/certify", RunningServer.Form(id, ("n", $"{100 + id}"), ("sigma", "1"), ("seed", $"{id}")));

        static string Votes(JsonNode answer)
        {
            JsonNode certificate = answer["certificate"]!["certificate"]!;
            return certificate["selection"]!.ToJsonString() + certificate["looks"]!.ToJsonString();
        }
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_its_draws()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Board.Allow(2);
        using (HttpResponseMessage response = await server.PostAsync(
            "/v1/certify", RunningServer.Form(1, ("n", "50000")), "text/event-stream"))
        {
            await server.UntilAsync(_ => server.Board.Passed == 2);
        }

        await server.UntilAsync(health => (int)health["requests"]! == 0);
        server.Board.Open();
        JsonNode next = await server.PostJsonAsync("/v1/certify", RunningServer.Form(2, ("n0", "12"), ("n", "20")));
        Assert.NotNull(next["certificate"]);
        // Of the 50,000 draws only the batches that were filled already have run.
        Assert.InRange(server.Board.Passed, 3, 8);
        Assert.Equal(0, (long)(await server.GetJsonAsync("/healthz"))["queuedDraws"]!);
    }

    [Fact]
    public async Task Who_comes_when_the_queue_is_full_is_told_when_to_come_again()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxRequests = 1 });
        server.Board.Allow(0);
        Task<JsonNode> first = server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "100")));
        await server.UntilAsync(health => (int)health["requests"]! == 1);
        using HttpResponseMessage second = await server.PostAsync("/v1/certify", RunningServer.Form(2));
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);
        await ProblemAssert.IsAsync(second, HttpStatusCode.TooManyRequests, "come again later");
        server.Board.Open();
        await first;
    }

    [Theory]
    [InlineData("/v1/certify")]
    [InlineData("/v1/predict")]
    [InlineData("/v1/purify")]
    [InlineData("/v1/certificates/verify")]
    public async Task When_the_queue_is_full_nothing_of_a_request_is_read(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxRequests = 1 });
        server.Board.Allow(0);
        Task<JsonNode> first = server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "100")));
        await server.UntilAsync(health => (int)health["requests"]! == 1);
        // A reader of either of them finds that it cannot be used.
        using HttpContent unusable = path.EndsWith("verify", StringComparison.Ordinal)
            ? new StringContent("{}", Encoding.UTF8, "application/json")
            : RunningServer.Upload(new byte[99]);
        await ProblemAssert.IsAsync(await server.PostAsync(path, unusable), HttpStatusCode.TooManyRequests);
        server.Board.Open();
        await first;
    }

    [Fact]
    public async Task A_request_that_cannot_be_used_gives_its_place_back()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxRequests = 1 });
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(new byte[99])), HttpStatusCode.BadRequest);
        await server.PostJsonAsync("/v1/certify", RunningServer.Form(2, ("n", "100")));
    }

    [Fact]
    public async Task Purifications_wait_for_one_another_and_those_whose_clients_have_gone_never_run()
    {
        const int clients = PurifyEndpoint.MaximumAtOnce + 3;
        await using RunningServer server = await RunningServer.StartAsync();
        server.Board.Allow(0);
        using var gone = new CancellationTokenSource();
        Task<HttpResponseMessage>[] purifications =
        [
            .. Enumerable.Range(0, clients).Select(id =>
                server.Client.PostAsync("/v1/purify", RunningServer.Form(id, ("draws", "3")), gone.Token)),
        ];
        await server.UntilAsync(health =>
            (int)health["queuedDraws"]! == clients * (32 + 3) && server.Board.Waiting >= 1);
        await gone.CancelAsync();
        foreach (Task<HttpResponseMessage> purification in purifications)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => purification);
        }

        // Those that wait for the others leave at once, those that wait for the device when their turn comes.
        await server.UntilAsync(health => (int)health["requests"]! <= PurifyEndpoint.MaximumAtOnce);
        server.Board.Open();
        await server.UntilAsync(health => (int)health["requests"]! == 0);
        Assert.InRange(server.Board.Passed, 1, PurifyEndpoint.MaximumAtOnce);
    }

    [Fact]
    public async Task More_draws_than_the_queue_holds_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxWaitingDraws = 1000 });
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(2, ("n", "1000"))), HttpStatusCode.TooManyRequests);
        await server.PostJsonAsync("/v1/certify", RunningServer.Form(2, ("n", "900")));
    }

    [Fact]
    public async Task A_stopping_service_finishes_what_is_running()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Board.Allow(1);
        Task<JsonNode> running = server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "100")));
        await server.UntilAsync(_ => server.Board.Passed == 1);
        Task stopping = server.StopAsync();
        server.Board.Open();
        Assert.NotNull((await running)["certificate"]);
        await stopping;
    }

    [Fact]
    public async Task When_the_grace_is_over_a_running_request_is_told_how_far_it_came()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ShutdownGrace = TimeSpan.Zero });
        server.Board.Allow(2);
        using HttpResponseMessage response = await server.PostAsync(
            "/v1/certify", RunningServer.Form(1, ("n", "5000")), "text/event-stream");
        await server.UntilAsync(_ => server.Board.Passed == 2);
        Task stopping = server.StopAsync();
        List<ServerSentEvent> events = await ServerSentEvent.ReadAsync(response).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal(503, (int)events[^1].Data["status"]!);
        Assert.Matches("stopped after \\d+ of at most 5100 draws", (string)events[^1].Data["detail"]!);
        server.Board.Open();
        await stopping;
    }
}
