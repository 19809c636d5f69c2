using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CertiPure.Onnx;

/// <summary>The output of a classifier: one row of scores per image, <c>[N,K]</c> or <c>[N,K,1,1]</c>, in float, half or double.</summary>
internal static class OnnxScores
{
    private static readonly string[] UsualNames = ["logits", "out"];

    /// <summary>Which output is the scores.</summary>
    /// <param name="session">The model.</param>
    /// <param name="outline">Its graph.</param>
    /// <param name="asked">The output that the user names; null for the one that can be: the only one, one that is named as such, or the
    /// one that is computed from all the others.</param>
    /// <returns>Its name; null where no output or more than one can be.</returns>
    public static string? Choose(InferenceSession session, OnnxOutline outline, string? asked)
    {
        if (asked is not null)
        {
            return session.OutputNames.Contains(asked) ? asked : null;
        }

        string[] possible = [.. session.OutputNames.Where(name => CanBe(session.OutputMetadata[name]))];
        return session.OutputNames is [var only] ? only
            : possible.Length == 1 ? possible[0]
            : UsualNames.FirstOrDefault(possible.Contains) ?? (possible.Length == 0 ? null : outline.LastOf(possible));
    }

    /// <summary>The outputs in words: <c>'f' (Float [-1,512])</c>.</summary>
    public static string Describe(InferenceSession session) => string.Join(
        ", ", session.OutputMetadata.Select(output => $"'{output.Key}' ({output.Value.ElementDataType} [{string.Join(',', output.Value.Dimensions)}])"));

    /// <summary>The number of classes of an output for a number of images; 0 where it is not a row of scores per image.</summary>
    public static int CountClasses(ReadOnlySpan<long> shape, int images) =>
        shape is [var rows, var classes, ..] && rows == images && classes is >= 2 and <= int.MaxValue && shape[2..].IndexOfAnyExcept(1L) < 0
        && shape.Length is 2 or 4
            ? (int)classes
            : 0;

    /// <summary>Copies scores, converted to float.</summary>
    /// <param name="output">The output.</param>
    /// <param name="logits">Receives the first of them.</param>
    /// <returns>Whether they are of a floating-point type.</returns>
    public static bool Copy(OrtValue output, Span<float> logits)
    {
        switch (output.GetTensorTypeAndShape().ElementDataType)
        {
            case TensorElementType.Float:
                output.GetTensorDataAsSpan<float>()[..logits.Length].CopyTo(logits);
                return true;
            case TensorElementType.Float16:
                ReadOnlySpan<Float16> halves = output.GetTensorDataAsSpan<Float16>();
                for (int i = 0; i < logits.Length; i++)
                {
                    logits[i] = (float)halves[i];
                }

                return true;
            case TensorElementType.Double:
                System.Numerics.Tensors.TensorPrimitives.ConvertTruncating<double, float>(output.GetTensorDataAsSpan<double>()[..logits.Length], logits);
                return true;
            default:
                return false;
        }
    }

    private static bool CanBe(NodeMetadata output) =>
        output.IsTensor && output.ElementDataType is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.Double
        && output.Dimensions is [_, not (0 or 1)] or [_, not (0 or 1), 1 or -1, 1 or -1];
}
