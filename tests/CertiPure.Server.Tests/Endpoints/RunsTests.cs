using System.Net;
using System.Text.Json.Nodes;
using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests.Endpoints;

public sealed class RunsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("certipure-runs-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Run_folders_are_listed_with_their_certified_accuracy()
    {
        ExampleRun.Write(Path.Combine(_root, "night", "consistency"), "consistency", [100, 99, 60]);
        ExampleRun.Write(Path.Combine(_root, "plain"), "none", [100, 40, 40]);
        await using RunningServer server = await StartAsync();
        JsonNode answer = await server.GetJsonAsync("/v1/runs");
        Assert.Equal(["night/consistency", "plain"], answer["runs"]!.AsArray().Select(run => (string)run!["name"]!));
        JsonNode plain = answer["runs"]![1]!;
        Assert.Equal(3, (int)plain["images"]!);
        Assert.Equal(2, (int)plain["abstentions"]!);
        Assert.Equal(1.0 / 3, (double)plain["certifiedAccuracy"]![0]!, 12);
        Assert.Equal([0, .25, .5, .75, 1], answer["radii"]!.AsArray().Select(radius => (double)radius!));
    }

    [Fact]
    public async Task A_curve_falls_at_each_certified_radius()
    {
        ExampleRun.Write(Path.Combine(_root, "night", "consistency"), "consistency", [100, 99, 40]);
        await using RunningServer server = await StartAsync();
        JsonArray curve = (await server.GetJsonAsync("/v1/runs/night/consistency"))["curve"]!.AsArray();
        Assert.Equal([2.0 / 3, 2.0 / 3, 1.0 / 3], curve.Select(point => Math.Round((double)point!["accuracy"]!, 12)), Close);
        Assert.Equal(curve.Select(point => (double)point!["radius"]!).Order(), curve.Select(point => (double)point!["radius"]!));
    }

    [Fact]
    public async Task Only_runs_of_one_kind_of_bound_are_comparable()
    {
        ExampleRun.Write(Path.Combine(_root, "margin"), "none", [100, 90], bound: BoundKind.Margin);
        ExampleRun.Write(Path.Combine(_root, "top"), "none", [100, 90]);
        ExampleRun.Write(Path.Combine(_root, "top-too"), "consistency", [80, 90]);
        await using RunningServer server = await StartAsync();
        var runs = (await server.GetJsonAsync("/v1/runs"))["runs"]!.AsArray().ToDictionary(run => (string)run!["name"]!, run => run!);
        Assert.Equal(["margin", "top", "top"], runs.Values.Select(run => (string)run["bound"]!));
        Assert.Equal((string)runs["top"]["comparable"]!, (string)runs["top-too"]["comparable"]!);
        Assert.NotEqual((string)runs["top"]["comparable"]!, (string)runs["margin"]["comparable"]!);
    }

    [Theory]
    [InlineData("top", "0.5", "of-top", 4)]
    [InlineData("margin", "0.5", "of-margin", 3)]
    [InlineData("margin", "0.25", null, 0)]
    public async Task A_radius_is_placed_among_those_of_a_run_of_the_same_networks_noise_and_kind_of_bound(
        string bound, string sigma, string? run, int images)
    {
        var weights = new Dictionary<string, string> { ["classifier"] = new FashionImages().PixelSha256 };
        ExampleRun.Write(Path.Combine(_root, "of-top"), "none", [100, 90, 20, 60], bound: BoundKind.Top, weights: weights);
        ExampleRun.Write(Path.Combine(_root, "of-margin"), "none", [100, 80, 20], bound: BoundKind.Margin, weights: weights);
        ExampleRun.Write(Path.Combine(_root, "small"), "none", [100], bound: BoundKind.Margin, weights: weights);
        ExampleRun.Write(Path.Combine(_root, "others"), "none", [100, 100, 100, 100, 100], bound: BoundKind.Margin);
        await using RunningServer server = await StartAsync();
        JsonNode answer = await server.PostJsonAsync(
            "/v1/certify", RunningServer.Form(1, ("purifier", "none"), ("sigma", sigma), ("bound", bound), ("n", "200")));
        JsonNode? standing = answer["standing"];
        Assert.Equal(run, (string?)standing?["run"]);
        if (standing is null)
        {
            return;
        }

        int[] counts = [.. standing["counts"]!.AsArray().Select(count => (int)count!)];
        Assert.Equal(images, (int)standing["images"]!);
        Assert.Equal(images, counts.Sum());
        double radius = (double)answer["certificate"]!["certificate"]!["radius"]!;
        double[] radii = [.. Run.Read(Path.Combine(_root, run!)).Certificates.Select(certificate => certificate.Radius)];
        Assert.Equal((double)radii.Count(other => other < radius) / images, (double)standing["below"]!, 12);
        Assert.Equal(Math.Max(radius, radii.Max()), (double)standing["width"]! * counts.Length, 12);
        Assert.Equal(radii.Count(other => other == 0), counts[0]);
    }

    [Fact]
    public async Task A_damaged_run_is_named_and_the_others_are_shown()
    {
        ExampleRun.Write(Path.Combine(_root, "good"), "none", [100]);
        ExampleRun.WriteDamaged(Path.Combine(_root, "bad"));
        await using RunningServer server = await StartAsync();
        JsonNode answer = await server.GetJsonAsync("/v1/runs");
        Assert.Equal("good", (string)Assert.Single(answer["runs"]!.AsArray())!["name"]!);
        Assert.Equal("bad", (string)Assert.Single(answer["skipped"]!.AsArray())!);
        await ProblemAssert.IsAsync(await server.Client.GetAsync(
            "/v1/runs/bad", TestContext.Current.CancellationToken), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/v1/runs/..%2Foutside")]
    [InlineData("/v1/runs/..%2f..%2fetc")]
    [InlineData("/v1/runs/%2Fetc")]
    [InlineData("/v1/runs/link")]
    [InlineData("/v1/runs/good%2F..%2Fgood")]
    [InlineData("/v1/runs/none")]
    public async Task Nothing_outside_the_root_can_be_reached(string path)
    {
        string outside = Directory.CreateTempSubdirectory("certipure-outside-").FullName;
        try
        {
            ExampleRun.Write(Path.Combine(outside, "run"), "none", [100]);
            ExampleRun.Write(Path.Combine(_root, "good"), "none", [100]);
            Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.Combine(outside, "run"));
            await using RunningServer server = await StartAsync();
            using HttpResponseMessage response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Single((await server.GetJsonAsync("/v1/runs"))["runs"]!.AsArray());
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_grows_is_read_again()
    {
        string folder = Path.Combine(_root, "growing");
        ExampleRun.Write(folder, "none", [100]);
        await using RunningServer server = await StartAsync();
        Assert.Equal(1, (int)(await server.GetJsonAsync("/v1/runs"))["runs"]![0]!["images"]!);
        ExampleRun.Write(folder, "none", [100, 100]);
        Assert.Equal(2, (int)(await server.GetJsonAsync("/v1/runs"))["runs"]![0]!["images"]!);
    }

    [Fact]
    public async Task Without_a_root_the_answer_says_how_to_give_one()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.GetJsonAsync("/v1/runs");
        Assert.Empty(answer["runs"]!.AsArray());
        Assert.Contains("--runs", (string)answer["message"]!, StringComparison.Ordinal);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(new ServerOptions { RunsRoot = _root });
}
