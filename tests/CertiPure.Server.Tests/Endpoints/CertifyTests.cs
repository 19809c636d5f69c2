using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;

namespace CertiPure.Server.Tests.Endpoints;

public sealed class CertifyTests
{
    [Fact]
    public async Task A_certification_streams_its_progress_and_ends_with_the_certificate()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ProgressInterval = TimeSpan.Zero });
        using HttpResponseMessage response = await server.PostAsync(
            "/v1/certify", RunningServer.Form(9, ("n", "500"), ("sigma", "0.5")), "text/event-stream");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        List<ServerSentEvent> events = await ServerSentEvent.ReadAsync(response).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal("accepted", events[0].Name);
        Assert.Equal(600, (int)events[0].Data["total"]!);
        ServerSentEvent[] progress = [.. events.Where(e => e.Name == "progress")];
        Assert.NotEmpty(progress);
        int[] draws = [.. progress.Select(e => (int)e.Data["draws"]!)];
        Assert.Equal(draws.Order(), draws);
        Assert.All(progress, e => Assert.True((double)e.Data["radius"]! >= 0));
        ServerSentEvent last = events[^1];
        Assert.Equal("certificate", last.Name);
        JsonNode certificate = last.Data["certificate"]!["certificate"]!;
        Assert.Equal(9, (int)certificate["predicted"]!);
        Assert.Equal("ankle boot", (string)last.Data["className"]!);
        Assert.True((double)certificate["radius"]! > 0.5);
    }

    [Fact]
    public async Task A_certificate_is_the_one_that_the_library_gives_for_the_same_seed_and_image()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        CertificateDocument document = await CertifyAsync(server, RunningServer.Form(3, ("n", "300"), ("n0", "50")));
        Assert.Equal(SeedOrigin.Service, document.SeedChosenBy);

        var library = new TemplateLibrary();
        using var queue = new DrawQueue(library.Load("fashion-templates", "blur", 0.5).BaseClassifier);
        Certificate expected = await new SmoothedClassifier(queue, new NoiseSource(document.Experiment.Seed)).CertifyAsync(
            new FashionImages().Read(3),
            new FixedPlan(50, 300, 0.001),
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            JsonSerializer.Serialize(expected with { Seconds = 0 }),
            JsonSerializer.Serialize(document.Certificate with { Seconds = 0 }));
        Assert.Empty(CertificateVerifier.Check(document.Experiment, document.Certificate));
    }

    [Fact]
    public async Task A_finished_certificate_is_kept_under_an_id_that_cannot_be_guessed_until_its_time_is_over()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode first = await server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20")));
        JsonNode second = await server.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20")));
        Assert.Matches("^[A-Za-z0-9_-]{22}$", (string)first["id"]!);
        Assert.NotEqual((string)first["id"]!, (string)second["id"]!);
        Assert.Equal(first.ToJsonString(), (await server.GetJsonAsync($"/v1/certificates/{first["id"]}")).ToJsonString());
        foreach (string id in new[] { "AAAAAAAAAAAAAAAAAAAAAA", "..%2F..%2Fetc%2Fpasswd..", "short" })
        {
            await ProblemAssert.IsAsync(
                await server.Client.GetAsync($"/v1/certificates/{id}", TestContext.Current.CancellationToken), HttpStatusCode.NotFound);
        }

        await using RunningServer forgetful = await RunningServer.StartAsync(new ServerOptions { KeepCertificates = TimeSpan.Zero });
        JsonNode gone = await forgetful.PostJsonAsync("/v1/certify", RunningServer.Form(1, ("n", "20")));
        await ProblemAssert.IsAsync(
            await forgetful.Client.GetAsync($"/v1/certificates/{gone["id"]}", TestContext.Current.CancellationToken),
            HttpStatusCode.NotFound,
            "no longer");
    }

    [Fact]
    public async Task In_memory_the_oldest_certificates_make_room_for_new_ones()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxKeptBytes = 30_000 });
        var ids = new List<string>();
        for (int i = 0; i < 10; i++)
        {
            ids.Add((string)(await server.PostJsonAsync("/v1/certify", RunningServer.Form(i, ("n", "20"))))["id"]!);
        }

        HttpStatusCode[] found = [.. await Task.WhenAll(ids.Select(async id =>
            (await server.Client.GetAsync($"/v1/certificates/{id}", TestContext.Current.CancellationToken)).StatusCode))];
        Assert.Equal(HttpStatusCode.NotFound, found[0]);
        Assert.Equal(HttpStatusCode.OK, found[^1]);
        Assert.Equal(found.Order(), found.OrderDescending().Reverse());
    }

    [Fact]
    public async Task An_uploaded_picture_is_certified_pixel_for_pixel()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var image = new FashionImages().Read(8);
        CertificateDocument document = await CertifyAsync(server, RunningServer.Upload(PngImage.Encode(image), ("n", "100")));
        Assert.Equal(image.Bytes.ToArray(), document.Pixels);
        Assert.Equal("upload", document.Experiment.Data.Name);
        Assert.Equal(CertificateDocument.HashOf(image.Bytes.Span), document.Experiment.Data.PixelSha256);
        Assert.Equal([0], document.Experiment.Images);
        Assert.Null(document.Certificate.Label);
    }

    [Fact]
    public async Task Every_request_has_a_seed_of_its_own()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        CertificateDocument first = await CertifyAsync(server, RunningServer.Form(1, ("n", "20"), ("n0", "1")));
        CertificateDocument second = await CertifyAsync(server, RunningServer.Form(1, ("n", "20"), ("n0", "1")));
        Assert.NotEqual(first.Experiment.Seed, second.Experiment.Seed);
    }

    [Fact]
    public async Task A_seed_that_the_client_chose_is_marked_in_the_certificate()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { AllowClientSeed = true });
        CertificateDocument document = await CertifyAsync(server, RunningServer.Form(1, ("n", "20"), ("seed", "42")));
        Assert.Equal(42UL, document.Experiment.Seed);
        Assert.Equal(SeedOrigin.Client, document.SeedChosenBy);
    }

    [Fact]
    public async Task A_seed_is_refused_where_the_configuration_does_not_allow_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(1, ("seed", "42"))), HttpStatusCode.BadRequest, "seed");
    }

    [Fact]
    public async Task The_claim_and_its_example_pictures_stay_within_the_radius()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.PostJsonAsync("/v1/certify", RunningServer.Form(9, ("n", "1000")));
        double radius = (double)answer["certificate"]!["certificate"]!["radius"]!;
        Assert.Contains("alters this answer. The chance that this guarantee is false is at most 1 in 1,000; ", (string)answer["claim"]!, StringComparison.Ordinal);
        byte[] original = new FashionImages().Read(9).Bytes.ToArray();
        JsonArray examples = answer["meaning"]!["examples"]!.AsArray();
        Assert.Equal(2, examples.Count);
        foreach (JsonNode? example in examples)
        {
            byte[] shown = new SkiaImageDecoder().Decode(Convert.FromBase64String((string)example!["png"]!), "it").Bytes.ToArray();
            double distance = Math.Sqrt(shown.Zip(original, (a, b) => Math.Pow((a - b) / 255.0, 2)).Sum());
            Assert.Equal(distance, (double)example["distance"]!, 12);
            Assert.InRange(distance, radius - 0.01, radius);
        }
    }

    [Theory]
    [InlineData("n", "100001")]
    [InlineData("n", "0")]
    [InlineData("n", "-5")]
    [InlineData("n", "1e3")]
    [InlineData("n", "many")]
    [InlineData("n0", "1001")]
    [InlineData("n0", "0")]
    [InlineData("alpha", "0.5")]
    [InlineData("alpha", "0")]
    [InlineData("alpha", "NaN")]
    [InlineData("sigma", "0.3")]
    [InlineData("sigma", "-1")]
    [InlineData("sigma", "NaN")]
    [InlineData("sigma", "1e400")]
    [InlineData("sigmma", "0.5")]
    [InlineData("Sigma", "0.5")]
    [InlineData("draws", "5")]
    [InlineData("plan", "hope")]
    [InlineData("purifier", "../edm")]
    [InlineData("model", "other")]
    public async Task A_field_beyond_its_bounds_is_refused_by_name(string name, string value)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode problem = await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(1, (name, value))), HttpStatusCode.BadRequest, name);
        Assert.NotNull(problem["errors"]![name]);
        Assert.DoesNotContain("E+308", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, server.Board.Passed);
    }

    [Fact]
    public async Task So_few_draws_that_nothing_can_be_certified_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(1, ("n", "9"))), HttpStatusCode.BadRequest, "at least 10");
    }

    [Fact]
    public async Task A_failing_base_classifier_becomes_an_event_without_internals_and_the_next_request_works()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Board.FailNext();
        using HttpResponseMessage response = await server.PostAsync("/v1/certify", RunningServer.Form(1), "text/event-stream");
        List<ServerSentEvent> events = await ServerSentEvent.ReadAsync(response).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal("error", events[^1].Name);
        Assert.Equal(500, (int)events[^1].Data["status"]!);
        Assert.DoesNotContain("secret", events[^1].Data.ToJsonString(), StringComparison.Ordinal);
        Assert.NotNull((await CertifyAsync(server, RunningServer.Form(1, ("n", "50")))).Certificate.Predicted);
    }

    private static async Task<CertificateDocument> CertifyAsync(RunningServer server, HttpContent form)
    {
        JsonNode answer = await server.PostJsonAsync("/v1/certify", form);
        return CertificateDocument.Parse(System.Text.Encoding.UTF8.GetBytes(answer["certificate"]!.ToJsonString()), "it");
    }
}
