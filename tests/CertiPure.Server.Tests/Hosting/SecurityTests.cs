using System.Net;
using System.Net.Http.Headers;

namespace CertiPure.Server.Tests.Hosting;

public sealed class SecurityTests
{
    private const string Key = "a key of sixteen or more";

    [Theory]
    [InlineData("/")]
    [InlineData("/app.js")]
    [InlineData("/v1/models")]
    [InlineData("/v1/nothing")]
    [InlineData("/healthz")]
    public async Task Every_answer_has_the_security_headers_and_none_that_opens_it_to_other_sites(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://elsewhere.example");
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        AssertHeaders(response);
    }

    [Fact]
    public async Task An_error_has_the_security_headers_too()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync("/v1/certify", RunningServer.Form(1, ("sigma", "0.3")));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        AssertHeaders(response);
    }

    [Theory]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task What_another_sites_page_sends_is_refused(string header, string value)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/certify") { Content = RunningServer.Form(1) };
        request.Headers.Add(header, value);
        await ProblemAssert.IsAsync(
            await server.Client.SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.Forbidden);
        Assert.Equal(0, server.Board.Passed);
    }

    [Fact]
    public async Task The_pages_own_requests_are_answered()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = RunningServer.Form(1, ("n", "20")) };
        request.Headers.Add("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_name_that_somebody_points_at_this_machine_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = "rebinding.example";
        await ProblemAssert.IsAsync(
            await server.Client.SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.BadRequest, "host name");
    }

    [Theory]
    [InlineData("http://0.0.0.0", "rebinding.example", HttpStatusCode.BadRequest)]
    [InlineData("http://0.0.0.0", "rebinding.example:5080", HttpStatusCode.BadRequest)]
    [InlineData("http://0.0.0.0", "127.0.0.1.rebinding.example", HttpStatusCode.BadRequest)]
    [InlineData("http://0.0.0.0", "LOCALHOST:5080", HttpStatusCode.OK)]
    [InlineData("http://0.0.0.0", "192.168.1.2:5080", HttpStatusCode.OK)]
    [InlineData("http://0.0.0.0", "[fd00::2]:5080", HttpStatusCode.OK)]
    [InlineData("http://0.0.0.0", "certify.example", HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", "certify.example", HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", "[::1]", HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", "192.168.1.2", HttpStatusCode.BadRequest)]
    public async Task Only_the_services_own_names_are_answered_and_on_a_wildcard_address_every_IP_address(
        string url, string host, HttpStatusCode expected)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions
        {
            Url = url, AllowRemoteWithoutKey = true, HostNames = host == "certify.example" ? [host] : [],
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = host;
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another key of sixteen")]
    public async Task Without_the_key_the_API_says_nothing(string? key)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = Key });
        foreach (string path in new[] { "/v1/models", "/v1/runs", "/metrics", "/v1/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null)
            {
                request.Headers.Add("X-Api-Key", key);
            }

            await ProblemAssert.IsAsync(
                await server.Client.SendAsync(request, TestContext.Current.CancellationToken), HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task With_the_key_the_API_answers()
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = Key });
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        Assert.NotNull((await server.GetJsonAsync("/v1/models"))["models"]);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/")]
    public async Task Probes_the_page_and_the_description_of_the_API_need_no_key(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = Key });
        await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://192.168.1.2:5080")]
    [InlineData("http://certify.example")]
    public void Listening_beyond_this_machine_takes_a_key_or_an_explicit_word(string url)
    {
        var options = new ServerOptions { Url = url };
        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(options.Validate).Reason);
        (options with { ApiKey = Key }).Validate();
        (options with { AllowRemoteWithoutKey = true }).Validate();
    }

    [Fact]
    public void Configurations_that_cannot_be_served_are_refused_in_one_sentence()
    {
        ServerOptions[] bad =
        [
            new() { Url = "ftp://127.0.0.1" }, new() { Url = "127.0.0.1:80" }, new() { Url = "http://127.0.0.1/below" },
            new() { Url = "http://*:5080" }, new() { Url = "http://+:5080" },
            new() { ApiKey = "short" }, new() { SealingKey = "short" }, new() { RunsRoot = "/no/such/folder" },
            new() { Sigmas = [] }, new() { Sigmas = [0] }, new() { Sigmas = [double.NaN] }, new() { MinAlpha = 0 },
            new() { MaxAlpha = 1 }, new() { MinAlpha = 0.1, MaxAlpha = 0.01 }, new() { MaxDraws = 0 }, new() { MaxRequests = 0 },
            new() { DecodeTime = TimeSpan.Zero },
        ];
        Assert.All(bad, options => Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(options.Validate).Reason));
        new ServerOptions().Validate();
    }

    [Theory]
    [InlineData("/../appsettings.json")]
    [InlineData("/%2e%2e/Program.cs")]
    [InlineData("/page/index.html")]
    [InlineData("/CertiPure.Server.dll")]
    public async Task Only_the_pages_own_files_are_served(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_page_file_that_the_browser_has_is_not_sent_again()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage first = await server.Client.GetAsync("/style.css", TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/style.css");
        again.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(first.Headers.ETag!.ToString()));
        using HttpResponseMessage second = await server.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/app.js")]
    [InlineData("/v1/models")]
    [InlineData("/v1/runs")]
    [InlineData("/v1/datasets/fashion-mnist/images/3")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/v1/nothing")]
    public async Task HEAD_is_answered_as_GET_is_without_a_body(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage get = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage head = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        // How a body is framed belongs to the body.
        Assert.Equal(
            get.Headers.Select(header => header.Key).Where(name => name != "Transfer-Encoding").Order(),
            head.Headers.Select(header => header.Key).Order());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_method_that_an_address_does_not_take_is_a_405()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await ProblemAssert.IsAsync(
            await server.Client.DeleteAsync("/v1/certify", TestContext.Current.CancellationToken),
            HttpStatusCode.MethodNotAllowed);
    }

    private static void AssertHeaders(HttpResponseMessage response)
    {
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.DoesNotContain(
            response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.False(response.Headers.Contains("Server"));
    }
}
