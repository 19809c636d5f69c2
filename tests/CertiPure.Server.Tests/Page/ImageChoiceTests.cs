using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Tests.Fakes;
using Microsoft.Playwright;
using SkiaSharp;

namespace CertiPure.Server.Tests.Page;

/// <summary>The image that is chosen, shown and certified is one and the same.</summary>
public sealed class ImageChoiceTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_picture_of_another_size_is_resized_in_the_browser_and_said_to_be()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        var large = new Images.LabeledImage(0, null, new Images.ImageShape(3, 60, 90), new byte[3 * 60 * 90]);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "photo.png", MimeType = "image/png", Buffer = PngImage.Encode(large),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("resized from 90 × 60 to 28 × 28, grey");
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_the_preview_shows_is_what_is_certified_whatever_the_file_says_of_its_colours()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        // Of the exact size, so that nothing is resized, in colour and with a profile that a browser would apply.
        var info = new SKImageInfo(28, 28, SKColorType.Rgba8888, SKAlphaType.Opaque, SKColorSpace.CreateSrgbLinear());
        using var colourful = new SKBitmap(info);
        int[][] colours = [.. Enumerable.Range(0, 28 * 28).Select(i => (int[])[i * 7 % 256, i * 13 % 256, i * 29 % 256])];
        colours.SelectMany(colour => colour.Append(255)).Select(value => (byte)value).ToArray().CopyTo(colourful.GetPixelSpan());
        using SKData png = colourful.Encode(SKEncodedImageFormat.Png, quality: 100);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "colours.png", MimeType = "image/png", Buffer = png.ToArray(),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("28 × 28, grey");
        int[] seen = await Visitor.GreyAsync(page, "#preview");
        Assert.Equal(colours.Select(colour => ((299 * colour[0]) + (587 * colour[1]) + (114 * colour[2]) + 500) / 1000), seen);

        CertificateDocument document = await Visitor.CertifyAsync(page);
        Assert.Equal(seen, document.Pixels.Select(value => (int)value));
        Assert.Equal(seen, await Visitor.GreyAsync(page, ".examples img"));
    }

    [Fact]
    public async Task An_image_that_the_browser_cannot_show_is_shown_as_the_service_read_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        await page.EvaluateAsync("() => { window.createImageBitmap = () => Promise.reject(new Error('unknown')); }");
        Images.LabeledImage boot = new FashionImages().Read(9);
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "boot.png", MimeType = "image/png", Buffer = PngImage.Encode(boot),
        });
        await Assertions.Expect(page.Locator("#image-note")).ToHaveTextAsync("no preview");

        await Visitor.CertifyAsync(page);
        int[] pixels = [.. boot.Bytes.ToArray().Select(value => (int)value)];
        Assert.Equal(pixels, await Visitor.GreyAsync(page, ".examples img"));
        await Assertions.Expect(page.Locator("#draws img")).ToHaveCountAsync(11);
        Assert.Equal(pixels, await Visitor.GreyAsync(page, "#draws .original img"));
    }
}
