namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>A storage that a PyTorch pickle refers to: one-dimensional memory that tensors are views of.</summary>
/// <param name="elementType">The type of its elements; null if it is bytes that each tensor reads as it says.</param>
/// <param name="length">The number of bytes that the pickle says it has.</param>
internal sealed class TorchStorage(ElementType? elementType, long length)
{
    /// <summary>The type of its elements; null if it is bytes that each tensor reads as it says.</summary>
    public ElementType? ElementType { get; } = elementType;

    /// <summary>The number of bytes that the pickle says it has.</summary>
    public long Length { get; } = length;

    /// <summary>The bytes; null until the part of the file that holds them has been reached.</summary>
    public ByteSource? Bytes { get; set; }
}
