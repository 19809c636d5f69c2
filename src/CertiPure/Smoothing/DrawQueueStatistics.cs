namespace CertiPure.Smoothing;

/// <summary>What a draw queue has done since it began.</summary>
/// <param name="Batches">Forward passes of the base classifier.</param>
/// <param name="Draws">Draws that were classified, counted or not.</param>
/// <param name="Discarded">Of these, draws whose consumer had finished or was cancelled.</param>
/// <param name="Padding">Places of batches that no draw filled.</param>
/// <param name="Consumers">Consumers that are waiting or running now.</param>
/// <param name="Waiting">Draws that are surely needed and not yet taken now.</param>
public sealed record DrawQueueStatistics(
    long Batches, long Draws, long Discarded, long Padding, int Consumers, long Waiting);
