namespace CertiPure.Onnx;

/// <summary>What an ONNX file holds, read without ONNX Runtime; nothing in it is executed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Producer">The program that wrote it, with its version; empty where it does not say.</param>
/// <param name="OperatorSets">The version of each operator set, by its domain; the standard one's domain is empty.</param>
/// <param name="Inputs">What is given to it.</param>
/// <param name="Outputs">What it gives.</param>
/// <param name="Metadata">The strings beside the graph, by key.</param>
/// <param name="Files">SHA-256 of each file, by its name: the model's first, then those that hold its weights.</param>
public sealed record OnnxInspection(
    string Path,
    string Producer,
    IReadOnlyDictionary<string, long> OperatorSets,
    IReadOnlyList<OnnxValue> Inputs,
    IReadOnlyList<OnnxValue> Outputs,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Inspects a model.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <exception cref="CertiPureException">A file is missing, lies elsewhere than beside the model, or is not an ONNX model.</exception>
    public static OnnxInspection Of(string path)
    {
        var file = new OnnxModelFile(path);
        OnnxOutline outline = file.Outline;
        return outline.Outputs.Count > 0
            ? new OnnxInspection(
                path, outline.Producer, outline.OperatorSets, outline.Inputs, outline.Outputs, outline.Metadata, file.Hashes)
            : throw new CertiPureException($"{path} is not an ONNX model: no graph with outputs is in it; export it again.");
    }

    /// <summary>Whether a path names an ONNX file: its extension is <c>.onnx</c>, in letters of either case.</summary>
    /// <param name="path">The path; nothing needs to be there.</param>
    public static bool IsOnnx(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
    }
}
