namespace CertiPure.Server.Contracts;

/// <summary>Event <c>accepted</c>: the request is in the queue.</summary>
/// <param name="Seed">The noise's seed.</param>
/// <param name="Total">The most draws it will take: n0 + n.</param>
/// <param name="QueuedDraws">Draws promised to other requests at this moment; they share the batches.</param>
public sealed record AcceptedEvent(ulong Seed, int Total, long QueuedDraws);
