using System.Diagnostics.CodeAnalysis;

namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// A checkpoint: named tensors and string metadata. Opened from a file, the tensors' bytes stay there until they are read,
/// so dispose it when the tensors have been used.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, CheckpointTensor> byName;

    private readonly IReadOnlyList<CheckpointFile> files;
    private string? sha256;

    /// <summary>A checkpoint of tensors in memory, to be written.</summary>
    /// <param name="tensors">The tensors; names must differ.</param>
    /// <param name="metadata">Strings to write beside them, such as <c>architecture</c>.</param>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public Checkpoint(IEnumerable<CheckpointTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
        : this(null, tensors, metadata, [])
    {
    }

    internal Checkpoint(
        string? path,
        IEnumerable<CheckpointTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata,
        IReadOnlyList<CheckpointFile> files)
    {
        Path = path;
        Tensors = [.. tensors];
        if (path is not null && Tensors.FirstOrDefault(tensor => tensor.Name.Any(char.IsControl)) is { } hostile)
        {
            // Names are printed: a file must not send commands to somebody's terminal.
            throw Unreadable.Because(path, $"the name of its tensor '{hostile.Name}' holds control characters");
        }

        Metadata = metadata ?? new Dictionary<string, string>();
        byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        this.files = files;
    }

    /// <summary>Other tensors and perhaps metadata of an open checkpoint, which stays the owner of its files.</summary>
    internal Checkpoint(
        Checkpoint source, IEnumerable<CheckpointTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
        : this(source.Path, tensors, metadata ?? source.Metadata, [])
    {
        Format = source.Format;
        Section = source.Section;
        LeftOut = source.LeftOut;
        RawWeights = source.RawWeights;
    }

    /// <summary>The file or folder that the checkpoint was opened from; null if it was made in memory.</summary>
    public string? Path { get; }

    /// <summary>The form of the file.</summary>
    public CheckpointFormat Format { get; init; }

    /// <summary>The part of the file that the tensors were taken from, such as <c>params_ema</c> or <c>state_dict</c>; empty if all of it.</summary>
    public string Section { get; init; } = "";

    /// <summary>What else the file holds: other sections, such as weights that are not averaged, and tensors around the network. Empty
    /// where all of it was taken.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The part of the file that holds the network's weights as training left them, where <see cref="Section"/> holds their average
    /// (EMA, SWA) and was preferred; null where the file does not hold both.</summary>
    public string? RawWeights { get; init; }

    /// <summary>The tensors, in the file's order.</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>The strings written beside the tensors; empty for formats that have none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public CheckpointTensor this[string name] => byName[name];

    /// <summary>The tensor of that name, or false.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out CheckpointTensor tensor) =>
        byName.TryGetValue(name, out tensor);

    /// <summary>The number of elements of all tensors together.</summary>
    public long ElementCount => Tensors.Sum(tensor => tensor.ElementCount);

    /// <summary>
    /// The SHA-256, in lower-case hexadecimal, of the file that was opened. For a checkpoint of several files, that of the
    /// lines <c>HASH  NAME\n</c> of its files in ordinal order of their names (what <c>sha256sum</c> prints).
    /// </summary>
    /// <exception cref="InvalidOperationException">The checkpoint was made in memory.</exception>
    /// <exception cref="CertiPureException">A file could not be read.</exception>
    public string Sha256() => sha256 ??= files.Count switch
    {
        0 => throw new InvalidOperationException("A checkpoint made in memory has no file to hash."),
        1 => files[0].Sha256(),
        _ => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            string.Concat(files.OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => $"{file.Sha256()}  {System.IO.Path.GetFileName(file.Path)}\n"))))),
    };

    /// <summary>A part of the checkpoint, which then owns its files.</summary>
    internal Checkpoint Narrow(
        IEnumerable<CheckpointTensor> tensors,
        IReadOnlyDictionary<string, string> metadata,
        string part,
        IReadOnlyList<string> leftOut,
        string? rawWeights) =>
        new(Path, tensors, metadata, files)
        {
            Format = Format,
            Section = string.Join('/', ((string[])[Section, part]).Where(name => name.Length > 0)),
            LeftOut = [.. LeftOut, .. leftOut],
            RawWeights = rawWeights ?? RawWeights,
        };

    /// <summary>The open files.</summary>
    internal IReadOnlyList<CheckpointFile> Files => files;

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (CheckpointFile file in files)
        {
            file.Dispose();
        }
    }
}
