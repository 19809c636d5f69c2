using System.Collections;
using System.Runtime.CompilerServices;
using CertiPure.Torch.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.TorchScript;

/// <summary>
/// A TorchScript program that classifies. Programs return a tensor, a tuple, a list or a dictionary; of whatever it returns, the
/// one float tensor <c>[N,K]</c> is the scores.
/// </summary>
internal sealed class TorchScriptProgram : IDisposable
{
    private static readonly string[] UsualNames = ["logits", "out"];

    private readonly string _path;
    private readonly string? _output;
    private readonly jit.ScriptModule _program;
    private readonly bool _returnsDictionary;
    private readonly ScalarType _inputType;

    /// <summary>Loads a program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="output">Which output holds the scores: a dictionary's key, or a tuple's or list's position from 0; null where
    /// there is only one that can.</param>
    /// <exception cref="CertiPureException">The file is missing, or not a TorchScript program.</exception>
    public TorchScriptProgram(string path, string? output)
    {
        _path = path;
        _output = output;
        if (!File.Exists(path))
        {
            throw new CertiPureException($"The classifier '{path}' does not exist: check the path.");
        }

        try
        {
            byte[]? readable = DictionaryOutputs.Unpack(path);
            _returnsDictionary = readable is not null;
            _program = readable is null ? jit.load(path) : jit.load(readable);
        }
        catch (System.Runtime.InteropServices.ExternalException exception)
        {
            throw new CertiPureException(
                $"The classifier '{path}' is not a TorchScript file ({NativeError.Reason(exception)}): save it with torch.jit.save.",
                exception);
        }

        // A program that was saved in half precision takes its input so.
        Tensor? weight = _program.parameters().FirstOrDefault(parameter => parameter.is_floating_point());
        _inputType = weight?.dtype ?? ScalarType.Float32;
    }

    /// <summary>The program as a module, which can be moved to a device and freed.</summary>
    public nn.Module Module => _program;

    /// <summary>Runs the program and finds the scores among its outputs.</summary>
    /// <param name="images"><c>[N,C,H,W]</c>.</param>
    /// <returns>Scores <c>[N,K]</c> in a floating point type.</returns>
    /// <exception cref="CertiPureException">The program fails, or no one output, or more than one, can be the scores.</exception>
    public Tensor Scores(Tensor images)
    {
        IReadOnlyList<(string Name, object? Value)> outputs;
        try
        {
            outputs = Run(images.to(_inputType));
        }
        catch (Exception exception) when (NativeError.IsRefusal(exception) || exception is NotImplementedException)
        {
            // TorchSharp has no better word for a value that it cannot receive.
            string reason = exception is NotImplementedException or ArgumentOutOfRangeException
                ? "it returns something other than tensors"
                : NativeError.Reason(exception);
            throw new CertiPureException(
                $"The TorchScript program {_path} fails on {images.shape[0]} images [{string.Join(',', images.shape[1..])}]: {reason}.",
                exception);
        }

        return Choose(outputs, images.shape[0]);
    }

    /// <summary>Frees the program.</summary>
    public void Dispose() => _program.Dispose();

    private IReadOnlyList<(string Name, object? Value)> Run(Tensor images)
    {
        if (_returnsDictionary)
        {
            return DictionaryOutputs.Run(_program, images);
        }

        return _program.forward(images) switch
        {
            null => [],
            ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => ($"{i}", tuple[i]))],
            IEnumerable list and not Tensor => [.. list.Cast<object?>().Select((value, i) => ($"{i}", value))],
            var one => [("0", one)],
        };
    }

    private Tensor Choose(IReadOnlyList<(string Name, object? Value)> outputs, long images)
    {
        string returned = outputs.Count == 0 ? "nothing" : string.Join(", ", outputs.Select(Describe));
        if (_output is not null)
        {
            object? chosen = outputs.FirstOrDefault(output => output.Name == _output).Value;
            return chosen is Tensor scores && AreScores(scores, images)
                ? scores
                : throw Refusal($"has no float scores [{images},K] under the name '{_output}'; it returns {returned} for {images} images");
        }

        (string Name, Tensor Scores)[] possible =
            [.. outputs.Where(output => output.Value is Tensor scores && AreScores(scores, images)).Select(output => (output.Name, (Tensor)output.Value!))];
        if (possible.Length > 1)
        {
            foreach (string name in UsualNames)
            {
                if (Array.Find(possible, output => output.Name == name) is { Scores: { } usual })
                {
                    return usual;
                }
            }

            throw new CertiPureException(
                $"The TorchScript program {_path} returns {possible.Length} tensors that could be the scores: "
                + $"{string.Join(", ", outputs.Select(Describe))}; name one of them.",
                ErrorReason.OutputUnclear);
        }

        return possible.Length == 1
            ? possible[0].Scores
            : throw Refusal($"returns {returned} for {images} images, where one row of float scores for each image [{images},K] is needed");
    }

    private CertiPureException Refusal(string what) => new($"The TorchScript program {_path} {what}.", ErrorReason.Refused);

    private static bool AreScores(Tensor tensor, long images) =>
        !tensor.is_sparse && tensor.is_floating_point() && tensor.dim() == 2 && tensor.shape[0] == images && tensor.shape[1] >= 2;

    private static string Describe((string Name, object? Value) output) => output.Value switch
    {
        Tensor tensor => $"'{output.Name}' ({(tensor.is_sparse ? "sparse " : "")}{tensor.dtype} [{string.Join(',', tensor.shape)}])",
        null => $"'{output.Name}' (nothing)",
        _ => $"'{output.Name}' ({output.Value.GetType().Name})",
    };
}
