using System.Net;
using System.Net.Http.Headers;
using CertiPure.Imaging;
using CertiPure.Images;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests.Uploads;

public sealed class LimitTests
{
    private static readonly byte[] Picture = PngImage.Encode(new FashionImages().Read(0));

    [Fact]
    public async Task A_body_over_the_limit_is_refused_by_its_announced_length()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxUploadBytes = 10_000 });
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(new byte[20_000])), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_connection_whose_body_was_not_read_is_announced_as_closing()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxUploadBytes = 10_000 });
        using HttpResponseMessage response = await server.PostAsync("/v1/certify", RunningServer.Upload(new byte[20_000]));
        Assert.True(response.Headers.ConnectionClose);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_though_no_length_was_announced()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxUploadBytes = 10_000 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = RunningServer.Upload(new byte[20_000]) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentLength = null;
        await ProblemAssert.IsAsync(
            await server.Client.SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_limit_is_that_of_the_whole_body_and_of_4_megabytes_where_nothing_else_is_configured()
    {
        Assert.Equal(4_194_304, new ServerOptions().MaxUploadBytes);
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxUploadBytes = 10_000 });
        // The file alone is within the limit; the form around it is not.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = RunningServer.Upload(new byte[9_990]) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.ContentLength = null;
        await ProblemAssert.IsAsync(
            await server.Client.SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_picture_of_too_many_pixels_is_refused_before_it_is_decoded()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { MaxImagePixels = 1000 });
        byte[] large = PngImage.Encode(new LabeledImage(0, null, new ImageShape(1, 40, 40), new byte[1600]));
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(large)), HttpStatusCode.BadRequest, "1000 allowed");
    }

    [Fact]
    public async Task A_picture_of_another_size_is_refused_with_the_size_that_is_wanted()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        byte[] other = PngImage.Encode(new LabeledImage(0, null, new ImageShape(1, 40, 30), new byte[1200]));
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(other)), HttpStatusCode.BadRequest, "28 x 28");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a picture")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("GIF89a")]
    public async Task What_is_no_picture_of_a_known_format_is_refused(string text)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(System.Text.Encoding.ASCII.GetBytes(text))),
            HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_picture_cut_off_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(Picture[..^40])), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_picture_that_takes_too_long_to_decode_is_refused()
    {
        using var release = new ManualResetEventSlim();
        var time = new JumpingTime();
        using var decoder = new Server.Uploads.BoundedDecoder(new StuckDecoder(release), new ServerOptions(), time);
        Task decoding = decoder.DecodeAsync(Picture, TestContext.Current.CancellationToken);
        time.JumpToEveryTimer();
        var problem = await Assert.ThrowsAsync<Server.Hosting.RequestException>(() => decoding);
        Assert.Equal(400, problem.Status);
        release.Set();
    }

    [Fact]
    public async Task Colours_of_equal_parts_are_taken_as_the_grey_they_show()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        LabeledImage grey = new FashionImages().Read(0);
        byte[] colours = [.. grey.Bytes.Span, .. grey.Bytes.Span, .. grey.Bytes.Span];
        byte[] png = PngImage.Encode(new LabeledImage(0, null, new ImageShape(3, 28, 28), colours));
        var answer = await server.PostJsonAsync("/v1/certify", RunningServer.Upload(png, ("n", "20")));
        Assert.Equal(Convert.ToBase64String(grey.Bytes.Span), (string)answer["certificate"]!["pixels"]!);
    }

    [Fact]
    public async Task A_form_without_an_image_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(("n", "100"))), HttpStatusCode.BadRequest, "Send an image");
    }

    [Fact]
    public async Task An_upload_and_a_data_sets_image_together_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Upload(Picture, ("dataSet", "fashion-mnist"))),
            HttpStatusCode.BadRequest, "not both");
    }

    [Theory]
    [InlineData("10")]
    [InlineData("-1")]
    [InlineData("first")]
    [InlineData("")]
    public async Task An_image_that_the_data_set_does_not_have_is_refused(string id)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(("dataSet", "fashion-mnist"), ("imageId", id))),
            HttpStatusCode.BadRequest, "imageId");
    }

    [Fact]
    public async Task Two_images_in_one_form_are_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        MultipartFormDataContent form = RunningServer.Upload(Picture);
        form.Add(new ByteArrayContent(Picture), "image", "second.png");
        await ProblemAssert.IsAsync(await server.PostAsync("/v1/certify", form), HttpStatusCode.BadRequest, "one per request");
    }

    [Fact]
    public async Task A_form_of_too_many_fields_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        MultipartFormDataContent form = RunningServer.Form(
            [.. Enumerable.Range(0, 40).Select(i => ($"field{i}", "x"))]);
        await ProblemAssert.IsAsync(await server.PostAsync("/v1/certify", form), HttpStatusCode.BadRequest, "32 fields");
    }

    [Fact]
    public async Task A_field_beyond_measure_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.PostAsync("/v1/certify", RunningServer.Form(1, ("sigma", new string('5', 5000)))),
            HttpStatusCode.BadRequest, "longer than");
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=\"\"", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data; boundary=abc", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_form_is_refused(string type, HttpStatusCode status)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var content = new ByteArrayContent("{\"image\":1}"u8.ToArray());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        await ProblemAssert.IsAsync(await server.PostAsync("/v1/certify", content), status);
    }

    [Theory]
    [InlineData("/v1/certify", "gzip")]
    [InlineData("/v1/certificates/verify", "br")]
    [InlineData("/v1/certificates/verify", "identity, gzip")]
    public async Task A_body_in_another_encoding_is_refused(string path, string encoding)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        HttpContent content = path.EndsWith("verify", StringComparison.Ordinal)
            ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json")
            : RunningServer.Form(1);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        await ProblemAssert.IsAsync(
            await server.PostAsync(path, content), HttpStatusCode.UnsupportedMediaType, "without a Content-Encoding");
    }

    [Fact]
    public async Task A_body_that_is_announced_as_it_is_is_taken()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        HttpContent content = RunningServer.Form(1, ("n", "20"));
        content.Headers.ContentEncoding.Add("identity");
        await server.PostJsonAsync("/v1/predict", content);
    }

    private sealed class StuckDecoder(ManualResetEventSlim release) : IImageDecoder
    {
        public LabeledImage Decode(ReadOnlyMemory<byte> file, string name)
        {
            release.Wait();
            return new FashionImages().Read(0);
        }
    }
}
