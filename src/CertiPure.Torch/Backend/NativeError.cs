using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>What libtorch says when it refuses an operation.</summary>
public static class NativeError
{
    /// <summary>Whether an exception comes from shapes, sizes or arguments that cannot be, in libtorch or before it.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is ExternalException or ArgumentException or ArithmeticException;

    /// <summary>The reason without libtorch's own stack trace: the first line, without a full stop.</summary>
    public static string Reason(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Message.Split('\n')[0].Trim().TrimEnd('.');
    }
}
