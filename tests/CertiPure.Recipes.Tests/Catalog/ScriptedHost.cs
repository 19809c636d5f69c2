using System.Net;

namespace CertiPure.Recipes.Tests.Catalog;

/// <summary>A host that answers from memory and understands ranges.</summary>
internal sealed class ScriptedHost : HttpMessageHandler
{
    public Dictionary<string, byte[]> Files { get; } = [];

    public List<string> Asked { get; } = [];

    public bool IsUnreachable { get; set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string name = request.RequestUri!.Segments[^1];
        long from = request.Headers.Range?.Ranges.Single().From ?? 0;
        Asked.Add($"{name}@{from}");
        if (IsUnreachable)
        {
            throw new HttpRequestException("No such host is known");
        }

        if (!Files.TryGetValue(name, out byte[]? bytes))
        {
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));
        }

        return Task.FromResult(from > bytes.Length - 1
            ? new HttpResponseMessage(HttpStatusCode.RequestedRangeNotSatisfiable)
            : new HttpResponseMessage(from > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(bytes[(int)from..]),
            });
    }
}
