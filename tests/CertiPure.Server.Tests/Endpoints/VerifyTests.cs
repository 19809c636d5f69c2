using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests.Endpoints;

public sealed class VerifyTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private JsonNode _certificate = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerOptions { AllowClientSeed = true });
        _certificate = await CertifyAsync(("n", "120"), ("n0", "30"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_certificate_of_this_service_holds()
    {
        JsonNode verdict = await VerifyAsync(_certificate);
        Assert.Equal("holds", (string)verdict["verdict"]!);
        Assert.Equal("Everything it claims was found again.", (string)verdict["summary"]!);
        Assert.True((bool)verdict["valid"]!);
        Assert.All(verdict["checks"]!.AsArray(), check => Assert.Equal("passed", (string)check!["outcome"]!));
        Assert.Equal(["image", "bound", "seal", "model", "replay"], verdict["checks"]!.AsArray().Select(c => (string)c!["name"]!));
    }

    [Fact]
    public async Task A_certificate_of_a_staged_plan_holds_and_took_fewer_draws()
    {
        JsonNode staged = (await _server.PostJsonAsync(
            "/v1/certify", RunningServer.Form(1, ("plan", "staged"), ("n", "10000"))))["certificate"]!;
        Assert.InRange((int)staged["certificate"]!["draws"]!, 100, 9_900);
        Assert.Equal("holds", (string)(await VerifyAsync(staged))["verdict"]!);
    }

    [Fact]
    public async Task White_space_does_not_break_the_seal()
    {
        JsonNode verdict = await VerifyTextAsync(_certificate.ToJsonString(new() { WriteIndented = true }));
        Assert.Equal("holds", (string)verdict["verdict"]!);
    }

    [Theory]
    [InlineData("certificate.radius", "9.5", "bound")]
    [InlineData("certificate.radius", "0.001", "seal")]
    [InlineData("certificate.lowerBound", "0.9999", "bound")]
    [InlineData("certificate.predicted", "7", "bound")]
    [InlineData("certificate.draws", "119", "bound")]
    [InlineData("experiment.seed", "12345", "seal")]
    [InlineData("experiment.sigma", "0.5", "bound")]
    [InlineData("experiment.alpha", "0.002", "seal")]
    [InlineData("seedChosenBy", "\"client\"", "seal")]
    [InlineData("experiment.data.pixelSha256", "\"00\"", "image")]
    [InlineData("issuedAt", "\"2020-01-01T00:00:00+00:00\"", "seal")]
    public async Task A_tampered_certificate_is_refused(string path, string value, string check)
    {
        Set(_certificate, path, value);
        JsonNode verdict = await VerifyAsync(_certificate);
        Assert.Equal("refused", (string)verdict["verdict"]!);
        Assert.False((bool)verdict["valid"]!);
        Assert.Equal("failed", OutcomeOf(verdict, check));
    }

    [Fact]
    public async Task Without_its_seal_a_certificate_holds_but_its_seed_is_not_vouched_for()
    {
        Set(_certificate, "seal", "null");
        JsonNode verdict = await VerifyAsync(_certificate);
        Assert.Equal("holds", (string)verdict["verdict"]!);
        Assert.Equal("unknown", OutcomeOf(verdict, "seal"));
        Assert.Contains("nothing shows that its seed was fresh", (string)verdict["summary"]!, StringComparison.Ordinal);
        Assert.False((bool)verdict["sealed"]!);
    }

    [Fact]
    public async Task A_seed_that_the_client_chose_is_not_vouched_for_under_a_seal_either()
    {
        JsonNode verdict = await VerifyAsync(await CertifyAsync(("n", "120"), ("n0", "30"), ("seed", "1")));
        Assert.Equal("passed", OutcomeOf(verdict, "seal"));
        Assert.Contains("nothing shows that its seed was fresh", (string)verdict["summary"]!, StringComparison.Ordinal);
        Assert.False((bool)verdict["sealed"]!);
    }

    [Theory]
    [InlineData("experiment.seed", "12345")]
    [InlineData("certificate.radius", "0.001")]
    public async Task Without_its_seal_a_tampered_certificate_is_refused_by_what_the_service_finds_again(string path, string value)
    {
        // A seed of one's own: under two random ones the votes may be the same by chance.
        JsonNode certificate = await CertifyAsync(("n", "120"), ("n0", "30"), ("seed", "1"));
        Set(certificate, "seal", "null");
        Assert.Equal("holds", (string)(await VerifyAsync(certificate))["verdict"]!);
        Set(certificate, path, value);
        Assert.Equal("refused", (string)(await VerifyAsync(certificate))["verdict"]!);
    }

    [Fact]
    public async Task Another_image_under_the_same_counts_is_refused()
    {
        JsonNode other = await CertifyAsync(("n", "120"), ("n0", "30"), ("seed", "1"));
        Set(_certificate, "seal", "null");
        _certificate["pixels"] = Convert.ToBase64String(new byte[784]);
        Set(_certificate, "experiment.data.pixelSha256", $"\"{Results.CertificateDocument.HashOf(new byte[784])}\"");
        Assert.Equal("failed", OutcomeOf(await VerifyAsync(_certificate), "replay"));
        Assert.Equal("holds", (string)(await VerifyAsync(other))["verdict"]!);
    }

    [Theory]
    [InlineData("experiment.classifier.name", "\"stranger\"")]
    [InlineData("experiment.noise", "\"exact\"")]
    [InlineData("experiment.weights.classifier", "\"00\"")]
    [InlineData("experiment.precision", "\"bf16\"")]
    [InlineData("experiment.batch", "64")]
    [InlineData("experiment.purifier.method", "\"consistency\"")]
    public async Task What_this_service_cannot_repeat_is_left_undecided(string path, string value)
    {
        Set(_certificate, "seal", "null");
        Set(_certificate, path, value);
        JsonNode verdict = await VerifyAsync(_certificate);
        Assert.Equal("undecided", (string)verdict["verdict"]!);
        Assert.False((bool)verdict["valid"]!);
    }

    [Fact]
    public async Task A_certificate_of_a_routing_is_left_undecided_though_its_draws_could_be_repeated()
    {
        // The class's counts are those of the seed, the route's are invented.
        Set(_certificate, "seal", "null");
        int[] votes = [.. _certificate["certificate"]!["looks"]![0]!["votes"]!.AsArray().Select(count => (int)count!)];
        var route = new Look(120, 120, 0.0005);
        List<int> selection = [.. _certificate["certificate"]!["selection"]!.AsArray().Select(votes => (int)votes!)];
        int selected = selection.IndexOf(selection.Max());
        double bound = BinomialBound.Lower(votes[selected], 120, 0.0005);
        Set(_certificate, "experiment.plan", Json(new { name = "routed", looks = new[] { new { n = 120, alpha = 0.0005 } } }));
        Set(_certificate, "experiment.radii", "[]");
        Set(_certificate, "experiment.routing", Json(new { core = "invented", selection = "entropy", entropyThreshold = 0.5 }));
        Set(_certificate, "certificate.looks", Json(new[] { new { n = 120, votes, alphaA = 0.0005, alphaB = 0 } }));
        Set(_certificate, "certificate.upperBound", Json(1.0));
        Set(_certificate, "certificate.lowerBound", Json(bound));
        Set(_certificate, "certificate.predicted", Json(bound > 0.5 ? selected : (int?)null));
        Set(_certificate, "certificate.radius", Json(BinomialBound.Radius(bound, 1)));
        Set(_certificate, "certificate.routing", Json(new
        {
            plainAnswer = (selected + 1) % 10,
            selectionSmoothed = 30,
            look = new { n = 120, k = 120, alpha = 0.0005 },
            lowerBound = BinomialBound.Lower([route]),
        }));
        JsonNode verdict = await VerifyAsync(_certificate);
        Assert.Equal("passed", OutcomeOf(verdict, "bound"));
        Assert.Equal("unknown", OutcomeOf(verdict, "model"));
        Assert.Equal("undecided", (string)verdict["verdict"]!);
    }

    [Fact]
    public async Task A_short_certificate_that_names_millions_of_images_is_a_bad_request()
    {
        Set(_certificate, "experiment.images", "\"0..19999999\"");
        using var content = new StringContent(_certificate.ToJsonString(), Encoding.UTF8, "application/json");
        await ProblemAssert.IsAsync(
            await _server.PostAsync("/v1/certificates/verify", content), HttpStatusCode.BadRequest, "0..19999999");
    }

    [Fact]
    public async Task A_certificate_of_more_draws_than_the_service_takes_costs_it_none()
    {
        Set(_certificate, "seal", "null");
        Set(_certificate, "experiment.n", "2000000000");
        Set(_certificate, "experiment.plan.looks", """[{"n":2000000000,"alpha":0.001}]""");
        int before = _server.Board.Passed;
        Assert.Equal("undecided", (string)(await VerifyAsync(_certificate))["verdict"]!);
        Assert.Equal(before, _server.Board.Passed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"formatVersion\":1}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public async Task What_is_no_certificate_is_a_bad_request(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        await ProblemAssert.IsAsync(
            await _server.PostAsync("/v1/certificates/verify", content), HttpStatusCode.BadRequest, "certificate");
    }

    [Theory]
    [InlineData("surprise", "the member 'surprise' is unknown")]
    [InlineData("certificate.surprise", "the member 'surprise' is unknown")]
    [InlineData("experiment.data.surprise", "the member 'surprise' is unknown")]
    [InlineData("seal.surprise", "the member 'surprise' is unknown")]
    [InlineData("certificate.draws", "draws is of the wrong kind")]
    [InlineData("experiment.sigma", "experiment.sigma is of the wrong kind")]
    [InlineData("pixels", "pixels is of the wrong kind")]
    public async Task A_forged_member_is_refused_by_its_name_and_in_words(string path, string words)
    {
        Set(_certificate, path, "\"forged\"");
        using var content = new StringContent(_certificate.ToJsonString(), Encoding.UTF8, "application/json");
        JsonNode problem = await ProblemAssert.IsAsync(
            await _server.PostAsync("/v1/certificates/verify", content), HttpStatusCode.BadRequest, words);
        Assert.DoesNotContain("System.", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("CertiPure.", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sigma")]
    [InlineData("radius")]
    [InlineData("pixels")]
    public async Task A_member_that_occurs_twice_is_refused(string name)
    {
        string json = _certificate.ToJsonString();
        int at = json.IndexOf($"\"{name}\":", StringComparison.Ordinal);
        using var content = new StringContent(json.Insert(at, $"\"{name}\":null,"), Encoding.UTF8, "application/json");
        await ProblemAssert.IsAsync(
            await _server.PostAsync("/v1/certificates/verify", content), HttpStatusCode.BadRequest, "is not a certificate");
    }

    [Fact]
    public async Task A_certificate_in_another_media_type_is_refused()
    {
        using var content = new StringContent(_certificate.ToJsonString(), Encoding.UTF8, "text/plain");
        await ProblemAssert.IsAsync(
            await _server.PostAsync("/v1/certificates/verify", content), HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_verification_can_stream_each_check_as_it_is_made()
    {
        using var content = new StringContent(_certificate.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _server.PostAsync("/v1/certificates/verify", content, "text/event-stream");
        List<ServerSentEvent> events = await ServerSentEvent.ReadAsync(response).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, events.Count(e => e.Name == "check"));
        Assert.Equal("verdict", events[^1].Name);
        Assert.True((bool)events[^1].Data["valid"]!);
    }

    private static string OutcomeOf(JsonNode verdict, string check) =>
        (string)verdict["checks"]!.AsArray().Single(each => (string)each!["name"]! == check)!["outcome"]!;

    private static string Json(object? value) => JsonSerializer.Serialize(value);

    private static void Set(JsonNode root, string path, string value)
    {
        string[] names = path.Split('.');
        names.SkipLast(1).Aggregate(root, (node, name) => node[name]!)[names[^1]] = JsonNode.Parse(value);
    }

    /// <summary>Certifies an image between two classes, so that the votes differ from seed to seed.</summary>
    private async Task<JsonNode> CertifyAsync(params (string, string)[] fields)
    {
        var images = new FashionImages();
        byte[] blend = [.. images.Read(6).Bytes.ToArray().Zip(images.Read(0).Bytes.ToArray(), (a, b) => (byte)((0.7 * a) + (0.3 * b)))];
        byte[] png = PngImage.Encode(images.Read(0) with { Bytes = blend });
        (string, string)[] all = [("sigma", "1"), ("purifier", "none"), .. fields];
        return (await _server.PostJsonAsync("/v1/certify", RunningServer.Upload(png, all)))["certificate"]!.DeepClone();
    }

    private Task<JsonNode> VerifyAsync(JsonNode certificate) => VerifyTextAsync(certificate.ToJsonString());

    private Task<JsonNode> VerifyTextAsync(string text) =>
        _server.PostJsonAsync("/v1/certificates/verify", new StringContent(text, Encoding.UTF8, "application/json"));
}
