using System.Text;

namespace CertiPure.Onnx.Tests;

/// <summary>Writes small ONNX files as protocol buffers: flatten, then a linear layer.</summary>
internal static class OnnxModelFile
{
    private const int Float = 1;
    private const int Double = 11;

    /// <summary>A linear classifier of <c>[N,C,H,W]</c> images.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="input">The input's dimensions; 0 leaves one open.</param>
    /// <param name="weights"><c>[K, C*H*W]</c>.</param>
    /// <param name="bias"><c>[K]</c>.</param>
    /// <param name="doubles">Whether everything is float64 instead of float32.</param>
    /// <param name="weightsFile">The file that the weights are written to, as the model names it from its own folder; null to keep
    /// them in the model.</param>
    /// <param name="isCentred">Whether the mean over the batch is taken off the images first.</param>
    public static void WriteLinear(
        string path, long[] input, float[,] weights, float[] bias, bool doubles = false, string? weightsFile = null, bool isCentred = false)
    {
        if (weightsFile is not null)
        {
            File.WriteAllBytes(
                Path.Combine(Path.GetDirectoryName(path)!, weightsFile), [.. weights.Cast<float>().SelectMany(BitConverter.GetBytes)]);
        }

        byte[] centre = Join(
            Bytes(1, Node("ReduceMean", ["images"], ["mean"], Join(Text(1, "axes"), Number(8, 0), Number(20, 7)))),
            Bytes(1, Node("Sub", ["images", "mean"], ["centred"])));
        byte[] graph = Join(
            isCentred ? centre : [],
            Bytes(1, Node("Flatten", [isCentred ? "centred" : "images"], ["flat"])),
            Bytes(1, Node("Gemm", ["flat", "weights", "bias"], ["logits"], Join(Text(1, "transB"), Number(3, 1), Number(20, 2)))),
            Text(2, "linear"),
            Bytes(5, Tensor("weights", [weights.GetLength(0), weights.GetLength(1)], weights.Cast<float>(), doubles, weightsFile)),
            Bytes(5, Tensor("bias", [bias.Length], bias, doubles)),
            Bytes(11, ValueInfo("images", input, doubles ? Double : Float)),
            Bytes(12, ValueInfo("logits", [input[0], bias.Length], doubles ? Double : Float)));
        WriteModel(path, graph);
    }

    /// <summary>A model that gives back its image.</summary>
    public static void WriteIdentity(string path, long[] input) => WriteModel(path, Join(
        Bytes(1, Node("Identity", ["images"], ["same"])),
        Text(2, "identity"),
        Bytes(11, ValueInfo("images", input, Float)),
        Bytes(12, ValueInfo("same", input, Float))));

    /// <summary>A model of two images.</summary>
    public static void WriteSum(string path, long[] input) => WriteModel(path, Join(
        Bytes(1, Node("Add", ["left", "right"], ["sum"])),
        Text(2, "sum"),
        Bytes(11, ValueInfo("left", input, Float)),
        Bytes(11, ValueInfo("right", input, Float)),
        Bytes(12, ValueInfo("sum", input, Float))));

    /// <summary>A linear classifier of four-pixel images, three classes, behind one node of the given operation.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="operation">The node's operation, from the images to as many numbers.</param>
    /// <param name="inSubgraph">Whether the node lies in both branches of an <c>If</c>.</param>
    public static void WriteBehind(string path, string operation, bool inSubgraph = false)
    {
        byte[] Suspect(string input, string output) => Join(Node(operation, [input], [output]), Text(3, "suspect"));
        byte[] Branch(string name) => Join(
            Bytes(1, Suspect("images", name)), Text(2, name), Bytes(12, ValueInfo(name, [0, 1, 2, 2], Float)));
        byte[] node = !inSubgraph
            ? Bytes(1, Suspect("images", "other"))
            : Bytes(1, Node(
                "If",
                ["yes"],
                ["other"],
                Join(Text(1, "then_branch"), Bytes(6, Branch("then")), Number(20, 5)),
                Join(Text(1, "else_branch"), Bytes(6, Branch("else")), Number(20, 5))));
        WriteModel(path, Join(
            node,
            Bytes(1, Node("Add", ["images", "other"], ["sum"])),
            Bytes(1, Node("Flatten", ["sum"], ["flat"])),
            Bytes(1, Node("Gemm", ["flat", "weights", "bias"], ["logits"], Join(Text(1, "transB"), Number(3, 1), Number(20, 2)))),
            Text(2, "behind"),
            Bytes(5, Tensor("weights", [3, 4], Enumerable.Range(0, 12).Select(i => (i % 5) - 2f), doubles: false)),
            Bytes(5, Tensor("bias", [3], [0, 0.25f, -0.5f], doubles: false)),
            Bytes(5, Join(Number(2, 9), Text(8, "yes"), Bytes(9, [1]))),
            Bytes(11, ValueInfo("images", [0, 1, 2, 2], Float)),
            Bytes(12, ValueInfo("logits", [0, 3], Float))));
    }

    /// <summary>The same classifier with an operation over the whole batch: the images less their mean over the batch, or quantised
    /// with the batch's scale.</summary>
    public static void WriteCoupled(string path, bool quantised)
    {
        const int Side = 2, Values = Side * Side, Classes = 3;
        byte[] nodes = quantised
            ? Join(
                Bytes(1, Node("DynamicQuantizeLinear", ["images"], ["bytes", "scale", "zero"])),
                Bytes(1, Node("DequantizeLinear", ["bytes", "scale", "zero"], ["other"])))
            : Join(
                Bytes(1, Node("ReduceMean", ["images"], ["mean"], Join(Text(1, "axes"), Number(8, 0), Number(20, 7)))),
                Bytes(1, Node("Sub", ["images", "mean"], ["other"])));
        WriteModel(path, Join(
            nodes,
            Bytes(1, Node("Flatten", ["other"], ["flat"])),
            Bytes(1, Node("Gemm", ["flat", "weights", "bias"], ["logits"], Join(Text(1, "transB"), Number(3, 1), Number(20, 2)))),
            Text(2, "coupled"),
            Bytes(5, Tensor("weights", [Classes, Values], Enumerable.Range(0, Classes * Values).Select(i => (i % 5) - 2f), doubles: false)),
            Bytes(5, Tensor("bias", [Classes], Enumerable.Repeat(0f, Classes), doubles: false)),
            Bytes(11, ValueInfo("images", [0, 1, Side, Side], Float)),
            Bytes(12, ValueInfo("logits", [0, Classes], Float))));
    }

    private static void WriteModel(string path, byte[] graph) =>
        File.WriteAllBytes(path, Join(Number(1, 8), Bytes(7, graph), Bytes(8, Join(Text(1, ""), Number(2, 13)))));

    private static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) => Join(
    [
        .. inputs.Select(name => Text(1, name)),
        .. outputs.Select(name => Text(2, name)),
        Text(4, type),
        .. attributes.Select(attribute => Bytes(5, attribute)),
    ]);

    private static byte[] Tensor(string name, long[] dimensions, IEnumerable<float> values, bool doubles, string? file = null)
    {
        const int External = 1;
        byte[] raw = doubles
            ? [.. values.SelectMany(value => BitConverter.GetBytes((double)value))]
            : [.. values.SelectMany(BitConverter.GetBytes)];
        return Join(
        [
            .. dimensions.Select(dimension => Number(1, dimension)),
            Number(2, doubles ? Double : Float),
            Text(8, name),
            file is null ? Bytes(9, raw) : Join(Bytes(13, Join(Text(1, "location"), Text(2, file))), Number(14, External)),
        ]);
    }

    private static byte[] ValueInfo(string name, long[] dimensions, int type)
    {
        byte[] shape = Join([.. dimensions.Select(d => Bytes(1, d > 0 ? Number(1, d) : Text(2, "open")))]);
        return Join(Text(1, name), Bytes(2, Bytes(1, Join(Number(1, type), Bytes(2, shape)))));
    }

    private static byte[] Number(int field, long value) => Join(Varint((ulong)(field << 3)), Varint((ulong)value));

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) =>
        Join(Varint((ulong)((field << 3) | 2)), Varint((ulong)value.Length), value);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
