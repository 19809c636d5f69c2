namespace CertiPure.Onnx.Graph;

/// <summary>A tensor that a graph computes, holds or is given.</summary>
public sealed record GraphValue
{
    internal GraphValue(string name, IReadOnlyList<long> shape) => (Name, Shape) = (name, shape);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its dimensions. The first is <see cref="GraphBuilder.Batch"/> for whatever depends on the images.</summary>
    public IReadOnlyList<long> Shape { get; }
}
