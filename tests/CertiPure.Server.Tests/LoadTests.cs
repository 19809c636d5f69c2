using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests;

[Trait("group", "long")]
public sealed class LoadTests
{
    private const int Clients = 50;
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Fifty_clients_with_good_bad_and_broken_off_requests_get_right_answers_and_leave_nothing_behind()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new ServerOptions { AllowClientSeed = true, MaxRequests = 40, MaxUploadBytes = 100_000 });
        IReadOnlyDictionary<(int Id, int Seed), string> expected = await ExpectedAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => WorkAsync(server, client, expected, TimeSpan.FromSeconds(5), [])));
        long before = await SettledMemoryAsync(server);

        var latencies = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => WorkAsync(server, client, expected, Duration, latencies)));
        long after = await SettledMemoryAsync(server);

        double[] sorted = [.. latencies.Order()];
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{sorted.Length} certificates, median {sorted[sorted.Length / 2]:0.00} s, p95 {sorted[(int)(sorted.Length * 0.95)]:0.00} s, "
            + $"managed memory {before >> 10} KiB before, {after >> 10} KiB after");
        Assert.NotEmpty(sorted);
        Assert.InRange(after, 0, before + (8 << 20));
        Assert.Equal(0, (int)(await server.GetJsonAsync("/healthz"))["requests"]!);
    }

    private static async Task WorkAsync(
        RunningServer server,
        int client,
        IReadOnlyDictionary<(int Id, int Seed), string> expected,
        TimeSpan duration,
        ConcurrentBag<double> latencies)
    {
        var random = new Random(client);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            switch (random.Next(10))
            {
                case 0:
                    try
                    {
                        using HttpResponseMessage large = await server.PostAsync(
                            "/v1/certify", RunningServer.Upload(new byte[200_000]));
                        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
                    }
                    catch (HttpRequestException)
                    {
                        // The service closed the connection while the client was still sending what it does not take.
                    }

                    break;
                case 1:
                    using (HttpResponseMessage bad = await server.PostAsync("/v1/certify", RunningServer.Upload(new byte[99])))
                    {
                        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
                    }

                    break;
                case 2:
                    using (HttpResponseMessage aborted = await server.PostAsync(
                        "/v1/certify", RunningServer.Form(1, ("n", "50000")), "text/event-stream"))
                    {
                        Assert.True(aborted.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests);
                    }

                    break;
                default:
                    (int id, int seed) = (random.Next(10), random.Next(3));
                    var request = Stopwatch.StartNew();
                    using (HttpResponseMessage response = await server.PostAsync(
                        "/v1/certify", RunningServer.Form(id, ("n", "100"), ("n0", "20"), ("seed", $"{seed}"))))
                    {
                        if (response.StatusCode == HttpStatusCode.TooManyRequests)
                        {
                            Assert.NotNull(response.Headers.RetryAfter);
                            break;
                        }

                        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                        var answer = JsonNode.Parse(
                            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
                        Assert.Equal(expected[(id, seed)], Votes(answer["certificate"]!["certificate"]!));
                        latencies.Add(request.Elapsed.TotalSeconds);
                    }

                    break;
            }
        }
    }

    private static string Votes(JsonNode certificate) =>
        $"{certificate["predicted"]?.ToJsonString()} {certificate["radius"]!.ToJsonString()} {certificate["selection"]!.ToJsonString()}";

    /// <summary>What the library, and so the command line, gives for the same images and seeds.</summary>
    private static async Task<IReadOnlyDictionary<(int Id, int Seed), string>> ExpectedAsync()
    {
        var images = new FashionImages();
        using var queue = new DrawQueue(new TemplateLibrary().Load("fashion-templates", "blur", 0.5).BaseClassifier);
        var expected = new Dictionary<(int, int), string>();
        for (int seed = 0; seed < 3; seed++)
        {
            await foreach (Certificate certificate in new SmoothedClassifier(queue, new NoiseSource((ulong)seed)).CertifyAsync(
                Enumerable.Range(0, 10).Select(images.Read), new FixedPlan(20, 100, 0.001), null, TestContext.Current.CancellationToken))
            {
                expected[(certificate.Id, seed)] = Votes(
                    System.Text.Json.JsonSerializer.SerializeToNode(certificate, System.Text.Json.JsonSerializerOptions.Web)!);
            }
        }

        return expected;
    }

    private static async Task<long> SettledMemoryAsync(RunningServer server)
    {
        await server.UntilAsync(health => (int)health["requests"]! == 0);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
