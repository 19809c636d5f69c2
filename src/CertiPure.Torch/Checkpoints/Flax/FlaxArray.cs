namespace CertiPure.Torch.Checkpoints.Flax;

/// <summary>An array of a Flax checkpoint, its bytes left in the file.</summary>
internal sealed record FlaxArray(ElementType ElementType, IReadOnlyList<long> Shape, ByteSource Bytes);
