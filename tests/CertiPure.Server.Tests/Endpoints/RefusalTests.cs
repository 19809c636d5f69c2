using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CertiPure.Server.Tests.Endpoints;

/// <summary>Holds the errors of the API description to those that the service gives.</summary>
public sealed partial class RefusalTests : IDisposable
{
    private const string Verify = "/v1/certificates/verify";
    private const string Kept = "/v1/certificates/{id}";

    /// <summary>Every operation, and an address of it that is answered where nothing is in the way.</summary>
    private static readonly (HttpMethod Method, string Route, string Path)[] Operations =
    [
        (HttpMethod.Post, "/v1/certify", "/v1/certify"),
        (HttpMethod.Post, "/v1/predict", "/v1/predict"),
        (HttpMethod.Post, "/v1/purify", "/v1/purify"),
        (HttpMethod.Post, Verify, Verify),
        (HttpMethod.Get, Kept, Kept),
        (HttpMethod.Get, "/v1/models", "/v1/models"),
        (HttpMethod.Get, "/v1/datasets/{name}/images/{id}", "/v1/datasets/fashion-mnist/images/0"),
        (HttpMethod.Get, "/v1/runs", "/v1/runs"),
        (HttpMethod.Get, "/v1/runs/{name}", "/v1/runs/one"),
        (HttpMethod.Get, "/healthz", "/healthz"),
        (HttpMethod.Get, "/readyz", "/readyz"),
        (HttpMethod.Get, "/metrics", "/metrics"),
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("certipure-refusals-").FullName;
    private readonly SortedSet<string> _given = new(StringComparer.Ordinal);
    private string _certificate = "";
    private string _id = "";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Every_address_is_described_with_the_errors_it_gives_and_no_others()
    {
        string runs = Path.Combine(_root, "runs");
        ExampleRun.Write(Path.Combine(runs, "one"), "none", [100]);
        var options = new ServerOptions { RunsRoot = runs, MaxRequests = 2 };
        JsonNode api;
        await using (RunningServer server = await RunningServer.StartAsync(options))
        {
            api = await server.GetJsonAsync("/openapi/v1.json");
            JsonNode answer = await server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20")));
            _certificate = answer["certificate"]!.ToJsonString();
            _id = (string)answer["id"]!;
            await AskAllAsync(server);
            Assert.Empty(_given);
            await AskAllAsync(server, request => request.Headers.Host = "rebinding.example");
            await AskAllAsync(server, request => request.Headers.Add("Sec-Fetch-Site", "cross-site"));
            await AskAllAsync(server, request => request.Content = request.Content is null ? null : new StringContent("text"));
            await FillAsync(server, () => AskAllAsync(server));
            server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await AskAllAsync(server);
        }

        await AskAllOfAsync(options with { ApiKey = "a key of sixteen or more" });
        await AskAllOfAsync(options with { MaxUploadBytes = 3 });
        await AskAllOfAsync(new ServerOptions(), new EmptyLibrary());
        await using (RunningServer server = await RunningServer.StartAsync(options, new BrokenLibrary()))
        {
            Directory.Delete(runs, recursive: true);
            await AskAllAsync(server);
        }

        // Who sends a body too slowly is waited for, so no test does.
        Assert.Equal(Described(api).Where(each => !each.EndsWith(" 408", StringComparison.Ordinal)), _given);
    }

    [Fact]
    public async Task The_document_tells_of_every_error_that_is_described_and_of_those_of_no_address_alone()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IEnumerable<string> described = Described(await server.GetJsonAsync("/openapi/v1.json")).Select(each => each[^3..]);
        // A method that an address does not take is not an operation of it.
        Assert.Equal(
            described.Append("405").Distinct().Order(), Row().Matches(DocumentTests.Document).Select(match => match.Groups[1].Value));
    }

    private static SortedSet<string> Described(JsonNode api) => new(
        from path in api["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        from response in operation.Value!["responses"]!.AsObject()
        where response.Key != "200"
        select $"{operation.Key.ToUpperInvariant()} {path.Key} {response.Key}",
        StringComparer.Ordinal);

    /// <summary>Does something while the service has no room left.</summary>
    private static async Task FillAsync(RunningServer server, Func<Task> meanwhile)
    {
        server.Board.Allow(0);
        int room = server.Services.GetRequiredService<ServerOptions>().MaxRequests;
        Task<JsonNode>[] running =
            [.. Enumerable.Range(0, room).Select(_ => server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20"))))];
        await server.UntilAsync(health => (int)health["requests"]! == room);
        await meanwhile();
        server.Board.Open();
        await Task.WhenAll(running);
    }

    private async Task AskAllOfAsync(ServerOptions options, IModelLibrary? library = null)
    {
        await using RunningServer server = await RunningServer.StartAsync(options, library);
        await AskAllAsync(server);
    }

    /// <summary>Sends each operation a request that can be answered, but for a change, and notes the errors.</summary>
    private async Task AskAllAsync(RunningServer server, Action<HttpRequestMessage>? change = null)
    {
        foreach ((HttpMethod method, string route, string path) in Operations)
        {
            using var request = new HttpRequestMessage(method, path.Replace("{id}", _id, StringComparison.Ordinal));
            if (method == HttpMethod.Post)
            {
                request.Content = route == Verify
                    ? new StringContent(_certificate, Encoding.UTF8, "application/json")
                    : RunningServer.Form(1, route == "/v1/purify" ? ("draws", "2") : ("n", "20"));
            }

            change?.Invoke(request);
            using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
                _given.Add($"{method} {route} {(int)response.StatusCode}");
            }
        }
    }

    [GeneratedRegex(@"^\| (\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
