namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>A Python tuple. Compared by reference, so that a deep one costs nothing.</summary>
internal sealed class PickleTuple(IReadOnlyList<object?> items)
{
    /// <summary>The items.</summary>
    public IReadOnlyList<object?> Items { get; } = items;
}
