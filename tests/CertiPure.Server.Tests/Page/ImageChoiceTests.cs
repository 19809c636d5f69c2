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

    [Theory]
    [InlineData(1360, 900)]
    [InlineData(390, 844)]
    public async Task A_photo_is_cropped_by_dragging_zooming_and_the_keyboard_and_certified_as_it_is_shown(int width, int height)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server, width, height);
        // Twice as wide as high, brighter from left to right.
        byte[] ramp = [.. Enumerable.Range(0, 56 * 112).Select(i => (byte)(i % 112 * 2))];
        await Visitor.UploadAsync(page, new Images.LabeledImage(0, null, new Images.ImageShape(1, 56, 112), ramp));
        await Assertions.Expect(page.Locator("#crop")).ToBeVisibleAsync();
        int[] middle = await Visitor.GreyAsync(page, "#preview");

        await page.Locator("#crop-view").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        int[] right = await Visitor.GreyAsync(page, "#preview");
        Assert.True(right.Average() > middle.Average());

        LocatorBoundingBoxResult view = (await page.Locator("#crop-view").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(view.X + 20, view.Y + 20);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(view.X + 20 + view.Width, view.Y + 20, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        int[] left = await Visitor.GreyAsync(page, "#preview");
        Assert.True(left.Average() < middle.Average());

        await page.Locator("#crop-zoom").FillAsync("4");
        int[] near = await Visitor.GreyAsync(page, "#preview");
        Assert.True(near.Max() - near.Min() < (left.Max() - left.Min()) / 2);
        Assert.Equal(near, (await Visitor.CertifyAsync(page)).Pixels.Select(value => (int)value));
    }

    [Fact]
    public async Task A_picture_unlike_those_of_the_data_set_gets_a_word_of_warning_and_one_of_them_does_not()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        IPage page = await browser.OpenAsync(server);
        byte[] white = [.. Enumerable.Repeat((byte)255, 28 * 28)];
        await Visitor.UploadAsync(page, new Images.LabeledImage(0, null, new Images.ImageShape(1, 28, 28), white));
        await Assertions.Expect(page.Locator("#image-warning")).ToContainTextAsync("This picture is unlike Fashion-MNIST");
        await Visitor.UploadAsync(page, new FashionImages().Read(5));
        await Assertions.Expect(page.Locator("#image-warning")).ToBeHiddenAsync();
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
