using System.Net;
using System.Text.Json.Nodes;
using CertiPure.Imaging;
using CertiPure.Images;

namespace CertiPure.Server.Tests.Endpoints;

public sealed class PredictTests
{
    [Fact]
    public async Task A_prediction_names_the_class_that_the_votes_show()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.PostJsonAsync("/v1/predict", RunningServer.Form(5, ("n", "100")));
        Assert.Equal(5, (int)answer["predicted"]!);
        Assert.Equal("sandal", (string)answer["className"]!);
        Assert.Equal(100, answer["votes"]!.AsArray().Sum(votes => (int)votes!));
        Assert.True((double)answer["pValue"]! <= 0.001);
    }

    [Fact]
    public async Task Too_few_votes_for_an_answer_are_an_abstention()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.PostJsonAsync("/v1/predict", RunningServer.Form(5, ("n", "3")));
        Assert.Null(answer["predicted"]);
        Assert.Null(answer["className"]);
    }

    [Fact]
    public async Task A_purification_shows_the_image_its_noise_and_what_the_purifier_makes_of_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = await server.PostJsonAsync("/v1/purify", RunningServer.Form(5, ("draws", "3")));
        JsonArray draws = answer["draws"]!.AsArray();
        Assert.Equal(3, draws.Count);
        LabeledImage image = Decode(answer["image"]!);
        Assert.All(draws, draw =>
        {
            LabeledImage noisy = Decode(draw!["noisy"]!);
            LabeledImage purified = Decode(draw["purified"]!);
            Assert.True(Distance(noisy, image) > Distance(purified, image));
            Assert.Equal(5, (int)draw["label"]!);
        });
        Assert.Equal(3, draws.Select(draw => (string)draw!["noisy"]!).Distinct().Count());
    }

    [Fact]
    public async Task A_purification_is_one_picture_for_who_accepts_png()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync("/v1/purify", RunningServer.Form(5, ("draws", "3")), "image/png");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        LabeledImage picture = new SkiaImageDecoder().Decode(
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), "it");
        Assert.True(picture.Shape.Width > 3 * 28 && picture.Shape.Height > 3 * 28, $"{picture.Shape}");
    }

    [Theory]
    [InlineData("17")]
    [InlineData("0")]
    public async Task More_pictures_than_allowed_are_refused(string draws)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/purify", RunningServer.Form(5, ("draws", draws))), HttpStatusCode.BadRequest, "draws");
    }

    private static LabeledImage Decode(JsonNode png) =>
        new SkiaImageDecoder().Decode(Convert.FromBase64String((string)png!), "it");

    private static double Distance(LabeledImage a, LabeledImage b) =>
        a.ToPixels().Zip(b.ToPixels(), (x, y) => (x - y) * (x - y)).Sum();
}
