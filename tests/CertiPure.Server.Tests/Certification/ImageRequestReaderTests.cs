using CertiPure.Imaging;
using CertiPure.Server.Certification;
using CertiPure.Server.Endpoints;
using CertiPure.Server.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CertiPure.Server.Tests.Certification;

public sealed class ImageRequestReaderTests
{
    [Fact]
    public async Task The_seed_is_drawn_once_before_the_first_byte_of_the_image_is_read()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpContent form = RunningServer.Upload(PngImage.Encode(new FashionImages().Read(0)));
        var events = new List<string>();
        var context = new DefaultHttpContext();
        context.Request.ContentType = form.Headers.ContentType!.ToString();
        context.Request.Body = new WatchedStream(await form.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), events);
        SeedSource seeds = () =>
        {
            events.Add("seed");
            return 7;
        };

        ImageRequest request = await ActivatorUtilities.CreateInstance<ImageRequestReader>(server.Services, seeds)
            .ReadAsync(context.Request, ApiTexts.Certify.Form, TestContext.Current.CancellationToken);

        Assert.Equal(7ul, request.FreshSeed);
        Assert.Equal("seed", events[0]);
        Assert.NotEmpty(events.Skip(1));
        Assert.All(events.Skip(1), one => Assert.Equal("read", one));
    }

    private sealed class WatchedStream(byte[] content, List<string> events) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            events.Add("read");
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
