namespace CertiPure.Torch.Checkpoints;

/// <summary>One tensor as a safetensors header describes it, its bytes from <paramref name="Begin"/> to before <paramref name="End"/>
/// counted from the end of the header.</summary>
internal sealed record SafeTensorsEntry(string Name, ElementType ElementType, long[] Shape, long Begin, long End);
