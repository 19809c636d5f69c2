namespace CertiPure;

/// <summary>A node of a network's graph because of which its answer may be more than a function of one image.</summary>
/// <param name="Name">The node's name in the graph, or its output's where it has none.</param>
/// <param name="Operation">The operation: <c>RandomNormalLike</c>, <c>DynamicQuantizeLinear</c>, ...</param>
/// <param name="Kind">Why it is suspect.</param>
public sealed record SuspectNode(string Name, string Operation, SuspectKind Kind);

/// <summary>Why a node is suspect.</summary>
public enum SuspectKind
{
    /// <summary>It draws random numbers, so that calls can be neither compared nor replayed.</summary>
    Random = 0,

    /// <summary>It quantises with a scale of the whole batch.</summary>
    DynamicQuantization = 1,

    /// <summary>It drops activations at random where it is told to train.</summary>
    TrainingDropout = 2,

    /// <summary>It normalises by the statistics of the batch, as in training.</summary>
    BatchStatistics = 3,
}
