using System.Text;
using System.Text.RegularExpressions;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>A reload loses nothing, and a finished certificate has a page of its own to link and print.</summary>
public sealed class ReloadTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-kept-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1360, 900)]
    [InlineData(390, 844)]
    public async Task Image_settings_and_certificate_are_there_again_after_a_reload(int width, int height)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, width, height);
        await page.GetByRole(AriaRole.Radio, new() { Name = "Test image 7" }).CheckAsync(new() { Force = true });
        await page.Locator("input[name=sigma][value='0.25']").CheckAsync(new() { Force = true });
        await page.Locator("#more summary").ClickAsync();
        await page.Locator("#n").FillAsync("321");
        CertificateDocument before = await Visitor.CertifyAsync(page);

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#image-name")).ToHaveTextAsync("Test image 7");
        await Assertions.Expect(page.Locator("input[name=sample]:checked")).ToHaveValueAsync("7");
        await Assertions.Expect(page.Locator("input[name=sigma]:checked")).ToHaveValueAsync("0.25");
        await Assertions.Expect(page.Locator("#n")).ToHaveValueAsync("321");
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        Assert.Equal(before.Seal, (await Visitor.DownloadAsync(page)).Seal);
    }

    [Fact]
    public async Task An_uploaded_picture_is_there_again_pixel_for_pixel()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        Images.LabeledImage boot = new FashionImages().Read(9);
        await Visitor.UploadAsync(page, boot);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#image-name")).ToHaveTextAsync("picture.png");
        Assert.Equal(boot.Bytes.ToArray(), (await Visitor.CertifyAsync(page)).Pixels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_has_a_page_of_its_own_that_prints_on_one_sheet(bool inFolder)
    {
        var options = new ServerOptions { CertificatesFolder = inFolder ? _folder : null };
        string address;
        CertificateDocument document;
        await using (RunningServer server = await RunningServer.StartAsync(options))
        {
            IPage page = await browser.OpenAsync(server, 1360, 900);
            await Visitor.ChooseAsync(page);
            document = await Visitor.CertifyAsync(page);
            await page.Locator("#certificate a.button").ClickAsync();
            await Assertions.Expect(page.Locator("#kept-claim")).ToBeVisibleAsync();
            await Assertions.Expect(page.Locator("#certificate")).ToBeHiddenAsync();
            address = new Uri(page.Url).Fragment;
            Assert.Matches("^#certificate/[A-Za-z0-9_-]{22}$", address);

            // Somebody else's browser, which has nothing but the link.
            IPage other = await browser.OpenAsync(server, 390, 844, path: "/" + address);
            await Assertions.Expect(other.Locator("#kept-claim")).ToHaveTextAsync(await page.Locator("#kept-claim").TextContentAsync() ?? "");
            byte[] pdf = await other.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true });
            Assert.Equal(1, Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page\b"));
        }

        await using RunningServer again = await RunningServer.StartAsync(options);
        IPage later = await browser.OpenAsync(again, path: "/" + address);
        if (inFolder)
        {
            await Assertions.Expect(later.Locator("#kept .facts")).ToContainTextAsync($"{document.Experiment.Seed}");
        }
        else
        {
            await Assertions.Expect(later.Locator("#kept-error")).ToContainTextAsync("is not kept here, or no longer");
        }
    }
}
