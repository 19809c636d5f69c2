using System.Text.Json.Nodes;

namespace CertiPure.Server.Tests;

/// <summary>One event of a stream.</summary>
public sealed record ServerSentEvent(string Name, JsonNode Data)
{
    /// <summary>Reads an answer's events as they come.</summary>
    public static async IAsyncEnumerable<ServerSentEvent> ReadAsync(HttpResponseMessage response)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (System.Net.ServerSentEvents.SseItem<string> item in
            System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            yield return new ServerSentEvent(item.EventType, JsonNode.Parse(item.Data)!);
        }
    }
}
