using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using CertiPure.Imaging;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace CertiPure.Server.Tests;

/// <summary>The real service on a real socket of this machine, usually with a base classifier that needs no network.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningServer(WebApplication app, IModelLibrary library)
    {
        _app = app;
        Library = library;
        // Listening on every address, it is reached under this machine's own.
        Address = new UriBuilder(app.Urls.Single()) { Host = "127.0.0.1" }.Uri;
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(20) };
    }

    public IModelLibrary Library { get; }

    public Switchboard Board => ((TemplateLibrary)Library).Board;

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the service, which loads its models on first use unless it is to be warm: their forward passes are what
    /// tests count and hold up.</summary>
    public static async Task<RunningServer> StartAsync(
        ServerOptions? options = null, IModelLibrary? library = null, TimeProvider? time = null, bool warm = false)
    {
        library ??= new TemplateLibrary();
        options ??= new ServerOptions();
        options = options with { Url = new UriBuilder(options.Url) { Port = 0 }.Uri.ToString(), Lazy = !warm };
        WebApplication app = CertificationServer.Build(
            options,
            library,
            new SkiaImageDecoder(options.MaxUploadBytes, options.MaxImagePixels),
            time,
            logging => logging.ClearProviders());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(app, library);
    }

    /// <summary>A form with a data set's image, and any other fields.</summary>
    public static MultipartFormDataContent Form(int imageId, params (string Name, string Value)[] fields) =>
        Form([("dataSet", "fashion-mnist"), ("imageId", $"{imageId}"), .. fields]);

    public static MultipartFormDataContent Form(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach ((string name, string value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    /// <summary>A form with an uploaded file, and any other fields.</summary>
    public static MultipartFormDataContent Upload(byte[] file, params (string Name, string Value)[] fields)
    {
        MultipartFormDataContent form = Form(fields);
        form.Add(new ByteArrayContent(file), "image", "image.png");
        return form;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, HttpContent content, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return await Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts and returns the JSON of a successful answer.</summary>
    public async Task<JsonNode> PostJsonAsync(string path, HttpContent content)
    {
        using HttpResponseMessage response = await PostAsync(path, content);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<JsonNode> GetJsonAsync(string path) =>
        JsonNode.Parse(await Client.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    /// <summary>Asks the health check again and again until a condition holds; fails after five minutes.</summary>
    public async Task UntilAsync(Func<JsonNode, bool> condition, [CallerArgumentExpression(nameof(condition))] string wanted = "")
    {
        long end = Environment.TickCount64 + (long)TimeSpan.FromMinutes(5).TotalMilliseconds;
        JsonNode health;
        while (!condition(health = await GetJsonAsync("/healthz")))
        {
            Assert.True(Environment.TickCount64 < end, $"After five minutes {wanted} does not hold for {health.ToJsonString()}.");
            await Task.Yield();
        }
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        (Library as TemplateLibrary)?.Board.Open();
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
