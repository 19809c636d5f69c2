using System.Net;
using System.Text.Json.Nodes;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using CertiPure.Imaging;

namespace CertiPure.Server.Tests.Endpoints;

public sealed class ModelsTests
{
    [Fact]
    public async Task Models_data_sets_and_limits_are_listed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.GetJsonAsync("/v1/models");
        JsonNode model = Assert.Single(answer["models"]!.AsArray())!;
        Assert.Equal("fashion-templates", (string)model["name"]!);
        Assert.Equal(10, model["classNames"]!.AsArray().Count);
        Assert.Equal(["blur", "none"], model["purifiers"]!.AsArray().Select(purifier => (string)purifier!["name"]!));
        Assert.Equal(100_000, (int)answer["limits"]!["maxDraws"]!);
        Assert.False((bool)answer["limits"]!["clientSeed"]!);
        // All of n = 1,000 votes: the ceiling is PhiInv(0.001^(1/1000)) = 2.463 (rounded down).
        JsonNode standard = answer["budgets"]!.AsArray().Single(budget => (int)budget!["n"]! == 1000)!;
        Assert.Equal(2.463, (double)standard["ceiling"]!, 3);
    }

    [Fact]
    public async Task A_data_sets_image_is_served_pixel_for_pixel()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        byte[] png = await server.Client.GetByteArrayAsync(
            "/v1/datasets/fashion-mnist/images/3", TestContext.Current.CancellationToken);
        Assert.Equal(new FashionImages().Read(3).Bytes.ToArray(), new SkiaImageDecoder().Decode(png, "it").Bytes.ToArray());
    }

    [Theory]
    [InlineData("/v1/datasets/fashion-mnist/images/10")]
    [InlineData("/v1/datasets/fashion-mnist/images/-1")]
    [InlineData("/v1/datasets/fashion-mnist/images/x")]
    [InlineData("/v1/datasets/..%2Fetc/images/0")]
    [InlineData("/v1/nothing")]
    public async Task What_is_not_there_is_a_404(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.Client.GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_metrics_tell_of_draws_latency_and_outcomes()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "100"), ("n0", "28")));
        string text = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("certipure_draws_total 128\n", text, StringComparison.Ordinal);
        Assert.Contains("certipure_batches_total 4\n", text, StringComparison.Ordinal);
        Assert.Contains("certipure_queue_draws 0\n", text, StringComparison.Ordinal);
        Assert.Contains("certipure_certificates_total{outcome=\"certified\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "certipure_requests_total{route=\"/v1/certify\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE certipure_request_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Matches("certipure_request_seconds_bucket\\{route=\"/v1/certify\",le=\"\\+Inf\"\\} 1\n", text);
    }

    [Fact]
    public async Task The_metrics_count_a_refused_request_under_its_route()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage refused = await server.PostAsync("/v1/certify", RunningServer.Form(1, ("sigma", "0.3")));
        string text = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("certipure_requests_total{route=\"/v1/certify\",status=\"400\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_check_tells_the_version_and_the_queue()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = "a key of sixteen or more" });
        JsonNode answer = await server.GetJsonAsync("/healthz");
        Assert.Equal("ok", (string)answer["status"]!);
        Assert.Equal(0, (int)answer["requests"]!);
    }

    [Fact]
    public async Task The_service_is_ready_when_every_model_is_loaded_and_has_run()
    {
        var library = new TemplateLibrary();
        library.Board.Allow(13);
        await using RunningServer server = await RunningServer.StartAsync(library: library, warm: true);
        while (library.Board.Passed < 13 || library.Board.Waiting == 0)
        {
            await Task.Yield();
        }

        await ProblemAssert.IsAsync(
            await server.Client.GetAsync("/readyz", TestContext.Current.CancellationToken),
            HttpStatusCode.ServiceUnavailable,
            "5 of 6 models are loaded");
        library.Board.Open();
        HttpResponseMessage answer;
        while (!(answer = await server.Client.GetAsync("/readyz", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
        {
            answer.Dispose();
        }

        Assert.Equal(
            """{"status":"ready","models":6}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        // Two purifiers at three noise levels, and four batches of each purifier that are timed; nothing was loaded twice.
        Assert.Equal(14, library.Board.Passed);
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_stops_the_service()
    {
        await using RunningServer server = await RunningServer.StartAsync(library: new DamagedLibrary(), warm: true);
        await server.Services.GetRequiredService<IHost>().WaitForShutdownAsync(TestContext.Current.CancellationToken);
        Assert.Equal("The weights are damaged.", server.Services.GetRequiredService<ModelWarmup>().Failure!.Message);
    }

    [Fact]
    public async Task The_API_description_covers_every_address_with_an_example()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonObject paths = (await server.GetJsonAsync("/openapi/v1.json"))["paths"]!.AsObject();
        string[] expected =
        [
            "/healthz", "/metrics", "/readyz", "/v1/certificates/verify", "/v1/certificates/{id}", "/v1/certify", "/v1/datasets/{name}/images/{id}", "/v1/models",
            "/v1/predict", "/v1/purify", "/v1/runs", "/v1/runs/{name}",
        ];
        Assert.Equal(expected, paths.Select(path => path.Key).Order(StringComparer.Ordinal));
        foreach ((string path, JsonNode? operations) in paths)
        {
            JsonNode operation = operations!.AsObject().Single().Value!;
            Assert.NotEmpty((string)operation["summary"]!);
            JsonObject content = operation["responses"]!["200"]!["content"]!.AsObject();
            Assert.NotEmpty(content);
            Assert.All(content, media => Assert.True(media.Key == "image/png" || media.Value!["example"] is not null, path));
        }

        JsonNode form = paths["/v1/certify"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!;
        Assert.NotNull(form["properties"]!["sigma"]!["examples"]);
        Assert.NotNull(paths["/v1/certify"]!["post"]!["responses"]!["429"]);
    }
}
