using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace CertiPure.Server.Hosting;

/// <summary>Writes server-sent events as an answer to a request (WHATWG HTML, section 9.2).</summary>
internal sealed class EventStream
{
    public const string ContentType = "text/event-stream";

    private readonly HttpContext _context;

    private EventStream(HttpContext context) => _context = context;

    /// <summary>Whether a request asks for events rather than for one JSON answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="byDefault">What a request gets that does not say.</param>
    public static bool IsWanted(HttpRequest request, bool byDefault)
    {
        IList<MediaTypeHeaderValue> accepted = request.GetTypedHeaders().Accept;
        return accepted.Any(type => type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
            || (byDefault && !accepted.Any(type => type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Runs work that sends events; whatever ends it early becomes the event <c>error</c>.</summary>
    public static async Task RunAsync(HttpContext context, Func<EventStream, Task> work)
    {
        context.Response.ContentType = ContentType;
        // Proxies that buffer would hold back the very thing that is streamed.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var stream = new EventStream(context);
        try
        {
            await work(stream);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody is left to tell.
        }
#pragma warning disable CA1031 // The status has been sent; an event is the only way left to report the failure.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger<EventStream>();
            await stream.SendAsync("error", Problems.Of(e, logger, context.TraceIdentifier));
        }
    }

    public async Task SendAsync(string name, object payload)
    {
        HttpResponse response = _context.Response;
        string json = JsonSerializer.Serialize(payload, payload.GetType(), ServerJson.Options);
        await response.WriteAsync($"event: {name}\ndata: {json}\n\n", _context.RequestAborted);
        await response.Body.FlushAsync(_context.RequestAborted);
    }
}
