using System.Globalization;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Results;
using Microsoft.Playwright;

namespace CertiPure.Server.Tests.Page;

/// <summary>What a visitor does on the page, and what is to be seen there.</summary>
internal static class Visitor
{
    public static async Task ChooseAsync(IPage page)
    {
        await page.Locator("#thumbs label").First.ClickAsync();
        await Assertions.Expect(page.Locator("#image-name")).ToContainTextAsync("Test image");
    }

    public static async Task UploadAsync(IPage page, LabeledImage image)
    {
        await page.Locator("#image-file").SetInputFilesAsync(new FilePayload
        {
            Name = "picture.png", MimeType = "image/png", Buffer = PngImage.Encode(image),
        });
        await Assertions.Expect(page.Locator("#image-name")).ToHaveTextAsync("picture.png");
    }

    public static async Task<CertificateDocument> CertifyAsync(IPage page)
    {
        await page.Locator("#certify").ClickAsync();
        await Assertions.Expect(page.Locator("#certificate")).ToBeVisibleAsync();
        return await DownloadAsync(page);
    }

    public static async Task<CertificateDocument> DownloadAsync(IPage page)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#certificate .download").ClickAsync());
        byte[] file = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        return CertificateDocument.Parse(file, "the download");
    }

    /// <summary>The red values of the first picture or canvas that is found, which are its grey values if it is grey.</summary>
    public static Task<int[]> GreyAsync(IPage page, string selector) => page.EvaluateAsync<int[]>(
        """
        async selector => {
          const shown = document.querySelector(selector);
          await shown.decode?.();
          const canvas = document.createElement('canvas');
          canvas.width = shown.naturalWidth ?? shown.width;
          canvas.height = shown.naturalHeight ?? shown.height;
          const context = canvas.getContext('2d');
          context.drawImage(shown, 0, 0);
          return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0);
        }
        """,
        selector);

    public static List<string> Complaints(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }

    public static async Task<double> RadiusAsync(IPage page) => double.Parse(
        await page.Locator("#radius-chart .value").TextContentAsync() ?? "", CultureInfo.InvariantCulture);

    public static Task CheckAsync(IPage page, byte[] file) => page.Locator("#check-file").SetInputFilesAsync(new FilePayload
    {
        Name = "certificate.json", MimeType = "application/json", Buffer = file,
    });

    public static async Task TabToAsync(IPage page, string name)
    {
        for (int i = 0; i < 30; i++)
        {
            if (await page.EvaluateAsync<string?>("document.activeElement?.name") == name)
            {
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The keyboard does not reach {name}.");
    }
}
