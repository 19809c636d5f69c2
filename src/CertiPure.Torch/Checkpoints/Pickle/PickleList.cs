namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>A Python list or set.</summary>
internal sealed class PickleList
{
    /// <summary>The items.</summary>
    public List<object?> Items { get; } = [];
}
