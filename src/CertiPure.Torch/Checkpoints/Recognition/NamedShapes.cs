using System.Text.RegularExpressions;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>A checkpoint's tensor names and shapes.</summary>
internal sealed class NamedShapes
{
    private const string Prefix = "model.";
    private readonly Dictionary<string, IReadOnlyList<long>> shapes;

    /// <summary>The names and shapes.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="isPreconditioned">Whether to take off the <c>model.</c> of EDM's preconditioning, if all names have it.</param>
    public NamedShapes(Checkpoint checkpoint, bool isPreconditioned = false)
    {
        bool prefixed = isPreconditioned && checkpoint.Tensors.All(tensor => tensor.Name.StartsWith(Prefix, StringComparison.Ordinal));
        shapes = checkpoint.Tensors.ToDictionary(
            tensor => prefixed ? tensor.Name[Prefix.Length..] : tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
    }

    /// <summary>The number of tensors.</summary>
    public int Count => shapes.Count;

    /// <summary>Whether there are tensors of all these names.</summary>
    public bool Has(params string[] names) => names.All(shapes.ContainsKey);

    /// <summary>One dimension of a tensor; 0 if there is no such tensor or dimension.</summary>
    public int Size(string name, int dimension) =>
        shapes.TryGetValue(name, out IReadOnlyList<long>? shape) && dimension < shape.Count && shape[dimension] <= int.MaxValue ? (int)shape[dimension] : 0;

    /// <summary>How many of the names <c>format(0), format(1), ...</c> there are before the first that is missing.</summary>
    public int CountFrom(Func<int, string> format)
    {
        int count = 0;
        while (shapes.ContainsKey(format(count)))
        {
            count++;
        }

        return count;
    }

    /// <summary>The first name that fits, or null.</summary>
    public Match? Find(Regex pattern) => shapes.Keys.Select(name => pattern.Match(name)).FirstOrDefault(match => match.Success);
}
