using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>What libtorch says when it refuses an operation.</summary>
public static class NativeError
{
    private const string Interpreter = "The following operation failed in the TorchScript interpreter";

    /// <summary>Whether an exception comes from shapes, sizes or arguments that cannot be, in libtorch or before it.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is ExternalException or ArgumentException or ArithmeticException;

    /// <summary>The reason without libtorch's own stack trace, without a full stop: the first line, or for a TorchScript program the
    /// last, which is the innermost one.</summary>
    public static string Reason(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string[] lines = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0)
        {
            return "no reason given";
        }

        if (!lines[0].StartsWith(Interpreter, StringComparison.Ordinal))
        {
            return lines[0].TrimEnd('.');
        }

        // "RuntimeError: reason" or "builtins.Exception: reason"; a native trace may follow it.
        string last = lines.LastOrDefault(line => line.Contains("Error: ", StringComparison.Ordinal)
            || line.Contains("Exception: ", StringComparison.Ordinal)) ?? lines[^1];
        int colon = last.IndexOf(": ", StringComparison.Ordinal);
        return (colon < 0 ? last : last[(colon + 2)..]).TrimEnd('.');
    }
}
