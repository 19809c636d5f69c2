using CertiPure.Torch.Checkpoints.Recognition;

namespace CertiPure.Torch.Checkpoints;

/// <summary>What <c>certipure inspect</c> says about a checkpoint. No tensor is read, but the whole file is hashed.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">Its form.</param>
/// <param name="Section">The part of the file that the tensors are in, such as <c>params_ema</c>; empty if all of it.</param>
/// <param name="Network">The network that it looks like, or null.</param>
/// <param name="ElementCount">The elements of all tensors: parameters and buffers.</param>
/// <param name="ByteCount">Their bytes.</param>
/// <param name="ElementTypes">The elements of each type, most frequent first.</param>
/// <param name="Tensors">Name, type and shape of every tensor, in the file's order.</param>
/// <param name="Metadata">The strings beside the tensors.</param>
/// <param name="Sha256">The file's SHA-256, lower-case hexadecimal.</param>
public sealed record CheckpointInspection(
    string Path,
    CheckpointFormat Format,
    string Section,
    RecognisedNetwork? Network,
    long ElementCount,
    long ByteCount,
    IReadOnlyList<KeyValuePair<ElementType, long>> ElementTypes,
    IReadOnlyList<CheckpointTensor> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    string Sha256)
{
    /// <summary>What else the file holds, see <see cref="Checkpoint.LeftOut"/>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Inspects a file or folder.</summary>
    /// <param name="path">A checkpoint of any form that <see cref="CheckpointReader"/> opens.</param>
    /// <param name="section">Where in the file the tensors are; null finds them.</param>
    /// <exception cref="CertiPureException">It cannot be read; the message says why.</exception>
    public static CheckpointInspection Of(string path, string? section = null)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path, section);
        return new CheckpointInspection(
            path,
            checkpoint.Format,
            checkpoint.Section,
            CheckpointArchitecture.Recognise(checkpoint),
            checkpoint.ElementCount,
            checkpoint.Tensors.Sum(tensor => tensor.ByteCount),
            [
                .. checkpoint.Tensors.GroupBy(tensor => tensor.ElementType)
                    .Select(group => new KeyValuePair<ElementType, long>(group.Key, group.Sum(tensor => tensor.ElementCount)))
                    .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key),
            ],
            checkpoint.Tensors,
            checkpoint.Metadata,
            checkpoint.Sha256())
        {
            LeftOut = checkpoint.LeftOut,
        };
    }
}
