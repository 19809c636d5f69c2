using System.Net;

namespace CertiPure.Recipes.Tests.Catalog;

/// <summary>A web server on this machine that serves one file, whole or from an offset on, and can hang up in the middle.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    public LoopbackServer()
    {
        // Any free port: asked of the system first, since HttpListener cannot.
        for (int attempt = 0; ; attempt++)
        {
            var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            _listener = new HttpListener();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                _listener.Start();
                Address = new Uri($"http://127.0.0.1:{port}/folder/file.bin");
                break;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Another process took the port in between.
            }
        }

        _serving = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public byte[] Content { get; set; } = [];

    public string? EntityTag { get; set; }

    /// <summary>After how many bytes of a response to hang up; null to send it whole.</summary>
    public int? HangUpAfter { get; set; }

    public bool IgnoresRanges { get; set; }

    public HttpStatusCode? Failure { get; set; }

    /// <summary>The Range headers of the requests so far.</summary>
    public List<string?> Ranges { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        HttpListenerResponse response = context.Response;
        string? range = context.Request.Headers["Range"];
        Ranges.Add(range);
        if (Failure is { } failure)
        {
            response.StatusCode = (int)failure;
            response.Close();
            return;
        }

        if (EntityTag is not null)
        {
            response.Headers["ETag"] = EntityTag;
        }

        int from = 0;
        string? condition = context.Request.Headers["If-Range"];
        if (range is not null && !IgnoresRanges && (condition is null || condition == EntityTag))
        {
            from = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            if (from >= Content.Length)
            {
                response.StatusCode = 416;
                response.Headers["Content-Range"] = $"bytes */{Content.Length}";
                response.Close();
                return;
            }

            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        int length = Content.Length - from;
        response.ContentLength64 = length;
        if (HangUpAfter is { } after && after < length)
        {
            await response.OutputStream.WriteAsync(Content.AsMemory(from, after));
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        await response.OutputStream.WriteAsync(Content.AsMemory(from, length));
        response.Close();
    }
}
