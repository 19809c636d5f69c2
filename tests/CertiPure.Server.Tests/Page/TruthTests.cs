using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>The page says no more than is true: stable is not right, found again is not fresh, and no answer has its reasons.</summary>
public sealed class TruthTests(Browser browser) : IClassFixture<Browser>
{
    private const string Green = "rgb(11, 102, 86)";

    [Fact]
    public async Task A_right_answer_is_said_to_be_right_and_stable_not_to_mean_right()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, 1360, 900);
        await Visitor.ChooseAsync(page);
        await Visitor.CertifyAsync(page);
        await Assertions.Expect(page.Locator("#certificate .truth.true")).ToContainTextAsync("Right: the data set says");
        await Assertions.Expect(page.Locator("#certificate .caution")).ToHaveTextAsync("Stable does not mean right.");
        await Assertions.Expect(page.Locator("#certificate-claim")).ToContainTextAsync(
            "The chance that this guarantee is false is at most 1 in 1,000; whether the answer is right is another question.");
    }

    [Fact]
    public async Task A_wrong_answer_is_said_to_be_wrong_and_wears_no_green()
    {
        await using RunningServer server = await RunningServer.StartAsync(library: new MislabeledLibrary());
        IPage page = await browser.OpenAsync(server, 1360, 900);
        await Visitor.ChooseAsync(page);
        await Visitor.CertifyAsync(page);
        await Assertions.Expect(page.Locator("#certificate .truth.false")).ToContainTextAsync("It is the wrong answer that is stable.");
        Assert.DoesNotContain(Green, await ColoursAsync(page));
    }

    [Fact]
    public async Task An_uploaded_picture_is_neither_right_nor_wrong()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, 1024, 700);
        await Visitor.UploadAsync(page, new FashionImages().Read(9));
        await Visitor.CertifyAsync(page);
        await Assertions.Expect(page.Locator("#certificate .truth.unknown")).ToHaveTextAsync("?Whether it is right is not known here.");
    }

    [Theory]
    [InlineData(1360, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task An_abstention_explains_itself_and_offers_what_may_help(int width, int height, ColorScheme scheme)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { AllowClientSeed = true });
        IPage page = await browser.OpenAsync(server, width, height, scheme);
        // Half a shirt and half a trouser.
        var images = new FashionImages();
        byte[] between = [.. images.Read(6).Bytes.ToArray().Zip(images.Read(1).Bytes.ToArray(), (a, b) => (byte)((a + b) / 2))];
        await Visitor.UploadAsync(page, images.Read(6) with { Bytes = between });
        await page.GetByText("σ 1", new() { Exact = true }).ClickAsync();
        await page.GetByText("No purifier").ClickAsync();
        await page.Locator("#more summary").ClickAsync();
        await page.Locator("#n").FillAsync("100");
        await page.Locator("#seed").FillAsync("3");
        CertificateDocument document = await Visitor.CertifyAsync(page);
        Assert.Null(document.Certificate.Predicted);

        int[] votes = [.. document.Certificate.Looks[^1].Votes!.OrderDescending()];
        ILocator card = page.Locator("#certificate.abstained");
        await Assertions.Expect(card).ToContainTextAsync("Why there is no answer");
        await Assertions.Expect(card).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"Of 100 votes {votes[0]} are for "));
        Assert.DoesNotContain(Green, await ColoursAsync(page));
        await Assertions.Expect(card.Locator(".remedies button")).ToHaveTextAsync(["Try 1,000 draws", "Try less noise, σ 0.5", "Try Box blur"]);

        await card.GetByText("Try Box blur").ClickAsync();
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Done in");
        await Assertions.Expect(page.Locator("input[name=purifier][value=blur]")).ToBeCheckedAsync();
        await Assertions.Expect(page.Locator("#certificate .facts")).ToContainTextAsync("edm");
    }

    [Fact]
    public async Task A_checked_certificate_is_shown_first_and_without_its_seal_holds_less()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, 1360, 900);
        await Visitor.ChooseAsync(page);
        CertificateDocument document = await Visitor.CertifyAsync(page);
        await Visitor.CheckAsync(page, document.ToJson());
        await Assertions.Expect(page.Locator(".outcome.holds")).ToHaveTextAsync("Everything it claims was found again.");
        ILocator claim = page.Locator("#check-claim");
        await Assertions.Expect(claim).ToContainTextAsync("σ = 0.5");
        await Assertions.Expect(claim).ToContainTextAsync($"key {document.Seal!.KeyId}");
        await Assertions.Expect(claim).ToContainTextAsync(document.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        Assert.Equal(document.Pixels.Select(value => (int)value), await Visitor.GreyAsync(page, "#check-claim img"));
        Assert.True((await claim.BoundingBoxAsync())!.Y < (await page.Locator(".checks").BoundingBoxAsync())!.Y);

        JsonNode bare = JsonNode.Parse(document.ToJson())!;
        bare["seal"] = null;
        await Visitor.CheckAsync(page, System.Text.Encoding.UTF8.GetBytes(bare.ToJsonString()));
        await Assertions.Expect(page.Locator(".outcome.weak")).ToContainTextAsync("somebody who chose the seed could have made the image to suit it");
        await Assertions.Expect(claim).ToContainTextAsync("without a seal");

        JsonNode changed = JsonNode.Parse(document.ToJson())!;
        changed["experiment"]!["data"]!["pixelSha256"] = new string('0', 64);
        await Visitor.CheckAsync(page, System.Text.Encoding.UTF8.GetBytes(changed.ToJsonString()));
        await Assertions.Expect(page.Locator(".outcome.refused")).ToHaveTextAsync(
            "Do not trust this certificate. The image: Its pixels do not have the given SHA-256.");
    }

    [Fact]
    public async Task The_captions_of_the_draws_go_by_all_votes_and_not_by_the_few_that_are_shown()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await page.RouteAsync("**/v1/purify", async route =>
        {
            JsonNode answer = JsonNode.Parse(await (await route.FetchAsync()).TextAsync())!;
            for (int i = 0; i < 4; i++)
            {
                answer["draws"]![i]!["label"] = 2;
                answer["draws"]![i]!["className"] = "pullover";
            }

            await route.FulfillAsync(new() { ContentType = "application/json", Body = answer.ToJsonString() });
        });
        await page.GetByRole(AriaRole.Radio, new() { Name = "Test image 9" }).CheckAsync(new() { Force = true });
        await Visitor.CertifyAsync(page);
        await Assertions.Expect(page.Locator("#draws .other")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator("#draws [data-label='9']")).Not.ToHaveClassAsync(new Regex("other"));
    }

    private static Task<string[]> ColoursAsync(IPage page) => page.EvaluateAsync<string[]>(
        """
        () => [...document.querySelectorAll('#certificate, #certificate .seal *, #certificate .verdict *')]
          .flatMap(node => { const style = getComputedStyle(node); return [style.color, style.fill, style.stroke, style.borderTopColor]; })
        """);
}
