using System.Globalization;
using System.Runtime.InteropServices;

namespace CertiPure.Torch.Backend;

/// <summary>
/// What OpenMP, with which libtorch spreads one operation over several threads, reads of the environment while it is loaded. By
/// default a thread that waits for its team spins for 3 ms: on a core that another program wants as well, it burns its whole time
/// slice, and the thread it waits for does not run. So the wait is shortened to some 20 microseconds, which still bridges the
/// gap between two small operations. Variables that the user has set win.
/// </summary>
public static partial class OpenMpSettings
{
    /// <summary>Iterations of GNU OpenMP's waiting loop, of which it counts 100,000 to a millisecond.</summary>
    private const string ShortSpin = "2000";

    private static readonly string[] WaitingVariables = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"];

    /// <summary>The threads of one operation that <c>OMP_NUM_THREADS</c> asks for; null where it asks for none.</summary>
    public static int? RequestedThreads => ParseThreads(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"));

    /// <summary>How waiting threads behave, and who decided it.</summary>
    public static string Waiting => Asked(Environment.GetEnvironmentVariable) is { } asked
        ? $"{asked.Name}={asked.Value}, which the environment sets"
        : OperatingSystem.IsWindows() ? "the library's own"
        : "a short spin, then sleep";

    /// <summary>Reads the first number of <c>OMP_NUM_THREADS</c>: <c>4</c>, or <c>4,2</c> for nested teams.</summary>
    internal static int? ParseThreads(string? value) =>
        int.TryParse((value ?? "").Split(',')[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out int threads) && threads >= 1
            ? threads
            : null;

    /// <summary>The variables to set: none where the user has set one that says how threads wait.</summary>
    internal static IReadOnlyList<(string Name, string Value)> ToSet(Func<string, string?> environment) =>
        Asked(environment) is null ? [("GOMP_SPINCOUNT", ShortSpin), ("KMP_BLOCKTIME", "0")] : [];

    /// <summary>Sets them where OpenMP will look: .NET's own environment is a copy that the C library does not see.</summary>
    internal static void Apply()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach ((string name, string value) in ToSet(Environment.GetEnvironmentVariable))
        {
            _ = SetVariable(name, value, overwrite: 0);
        }
    }

    private static (string Name, string Value)? Asked(Func<string, string?> environment)
    {
        foreach (string name in WaitingVariables)
        {
            if (environment(name) is { Length: > 0 } value)
            {
                return (name, value);
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
