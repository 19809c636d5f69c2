using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using CertiPure.Results;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests;

[Trait("group", "long")]
[Collection(nameof(AloneTests))]
public sealed class LoadTests
{
    /// <summary>The bundled model of the images that the clients send, and their data set.</summary>
    private const string Bundled = "fashion-mnist";

    private const int Clients = 50;
    private const int Images = 10;
    private const int Seeds = 3;
    private const int SelectionDraws = 8;
    private const int Draws = 56;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    /// <summary>How long a client that was told to come again waits at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Fifty_clients_with_good_bad_and_broken_off_requests_get_right_answers_and_leave_nothing_behind() =>
        await LoadAsync(new TemplateLibrary(), "fashion-templates", await TemplateCertificatesAsync(), growth: 8 << 20);

    [Fact]
    public async Task Under_load_the_bundled_networks_certificates_are_those_of_the_command_line()
    {
        CatalogLibrary library = BundledNetworks();
        // The networks' memory is not the runtime's: this one is the process's, which may keep what it once had.
        await LoadAsync(library, Bundled, await CommandLineCertificatesAsync(), growth: 8 << 20, processGrowth: 128 << 20);
    }

    private static CatalogLibrary BundledNetworks()
    {
        CatalogLibrary library = CatalogLibrary.Open(new ServerOptions(), _ => { });
        Assert.SkipUnless(library.DataSets.Any(set => set.Name == Bundled), "Fashion-MNIST is not on this machine.");
        return library;
    }

    private static async Task LoadAsync(
        IModelLibrary library,
        string model,
        IReadOnlyDictionary<(int Id, int Seed), string> expected,
        long growth,
        long? processGrowth = null)
    {
        await using RunningServer server = await RunningServer.StartAsync(
            new ServerOptions { AllowClientSeed = true, MaxRequests = 40, MaxUploadBytes = 100_000, MaxKeptBytes = 1 << 20 }, library);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => WorkAsync(server, client, model, expected, WarmUp, [])));
        (long managedBefore, long processBefore) = await SettledMemoryAsync(server);

        var latencies = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => WorkAsync(server, client, model, expected, Duration, latencies)));
        (long managedAfter, long processAfter) = await SettledMemoryAsync(server);

        double[] sorted = [.. latencies.Order()];
        Assert.NotEmpty(sorted);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{sorted.Length} certificates, median {sorted[sorted.Length / 2]:0.00} s, p95 {sorted[(int)(sorted.Length * 0.95)]:0.00} s, "
            + $"managed memory {managedBefore >> 10} KiB before, {managedAfter >> 10} KiB after, "
            + $"process {processBefore >> 20} MiB before, {processAfter >> 20} MiB after");
        Assert.InRange(managedAfter, 0, managedBefore + growth);
        Assert.InRange(processAfter, 0, processBefore + (processGrowth ?? long.MaxValue / 2));
        Assert.Equal(0, (int)(await server.GetJsonAsync("/healthz"))["requests"]!);
    }

    private static async Task WorkAsync(
        RunningServer server,
        int client,
        string model,
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
                        Assert.True(large.StatusCode is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.TooManyRequests);
                    }
                    catch (HttpRequestException)
                    {
                        // The service closed the connection while the client was still sending what it does not take.
                    }

                    break;
                case 1:
                    using (HttpResponseMessage bad = await server.PostAsync("/v1/certify", RunningServer.Upload(new byte[99])))
                    {
                        Assert.True(bad.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.TooManyRequests);
                    }

                    break;
                case 2:
                    using (HttpResponseMessage aborted = await server.PostAsync(
                        "/v1/certify", RunningServer.Form(1, ("model", model), ("n", "50000")), "text/event-stream"))
                    {
                        Assert.True(aborted.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests);
                    }

                    break;
                default:
                    (int id, int seed) = (random.Next(Images), random.Next(Seeds));
                    var request = Stopwatch.StartNew();
                    using (HttpResponseMessage response = await server.PostAsync(
                        "/v1/certify", RunningServer.Form(
                            id, ("model", model), ("n", $"{Draws}"), ("n0", $"{SelectionDraws}"), ("seed", $"{seed}"))))
                    {
                        if (response.StatusCode == HttpStatusCode.TooManyRequests)
                        {
                            TimeSpan wait = Assert.IsType<TimeSpan>(response.Headers.RetryAfter?.Delta);
                            await Task.Delay(wait < Patience ? wait : Patience, TestContext.Current.CancellationToken);
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

    private static string Votes(JsonNode certificate) => string.Join(' ', ((string[])["predicted", "selection", "looks", "radius"])
        .Select(name => certificate[name]?.ToJsonString() ?? "null"));

    /// <summary>What the library gives for the same images and seeds.</summary>
    private static async Task<IReadOnlyDictionary<(int Id, int Seed), string>> TemplateCertificatesAsync()
    {
        var images = new FashionImages();
        using var queue = new DrawQueue(new TemplateLibrary().Load("fashion-templates", "blur", 0.5).BaseClassifier);
        var expected = new Dictionary<(int, int), string>();
        for (int seed = 0; seed < Seeds; seed++)
        {
            await foreach (Certificate certificate in new SmoothedClassifier(queue, new NoiseSource((ulong)seed)).CertifyAsync(
                Enumerable.Range(0, Images).Select(images.Read),
                new FixedPlan(SelectionDraws, Draws, 0.001),
                null,
                TestContext.Current.CancellationToken))
            {
                expected[(certificate.Id, seed)] = Votes(JsonNode.Parse(CertificateLog.ToLine(certificate))!);
            }
        }

        return expected;
    }

    /// <summary>What <c>certipure certify</c> writes for the same images and seeds.</summary>
    private static async Task<IReadOnlyDictionary<(int Id, int Seed), string>> CommandLineCertificatesAsync()
    {
        string folder = Directory.CreateTempSubdirectory("certipure-load-").FullName;
        var expected = new Dictionary<(int, int), string>();
        try
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                string run = Path.Combine(folder, $"{seed}");
                using Process process = Process.Start("dotnet",
                [
                    ServeProcess.Program, "certify", "--data", Bundled, "--images", $"0..{Images - 1}", "--classifier",
                    Bundled, "--purifier", $"consistency:{Bundled}", "--sigma", "0.5", "--n0",
                    $"{SelectionDraws}", "--n", $"{Draws}", "--seed", $"{seed}", "--out", run,
                ]);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.Equal(0, process.ExitCode);
                foreach (string line in File.ReadLines(Path.Combine(run, RunFolder.LogName)))
                {
                    JsonNode certificate = JsonNode.Parse(line)!;
                    expected[((int)certificate["id"]!, seed)] = Votes(certificate);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return expected;
    }

    private static async Task<(long Managed, long Process)> SettledMemoryAsync(RunningServer server)
    {
        await server.UntilAsync(health => (int)health["requests"]! == 0);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (managed, process.WorkingSet64);
    }
}
