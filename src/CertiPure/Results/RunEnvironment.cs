using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Where and when one process worked on a run. A resumed run has one for each start, a merged run those of its
/// shards.</summary>
/// <param name="Version">CertiPure's version.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="InstructionSet">The widest vector instructions in use: <c>AVX-512</c>, <c>AVX2</c>, ...</param>
/// <param name="Threads">Threads of the networks' arithmetic in one worker.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda:0</c>, ...</param>
/// <param name="StartedAt">When the process opened the run.</param>
/// <param name="EndedAt">When it left the run, or null if it is at work or was killed.</param>
/// <param name="Images">Images it certified.</param>
/// <param name="ImagesPerSecond">Images certified per second from start to end.</param>
public sealed record RunEnvironment(
    string Version,
    string Processor,
    string InstructionSet,
    int Threads,
    string Device,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int Images,
    double? ImagesPerSecond)
{
    /// <summary>How many workers called the networks at once, each with <see cref="Threads"/> threads; null in older manifests. The votes do
    /// not depend on it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Workers { get; init; }

    /// <summary>What the probe of the base classifier saw; null in format version 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProbeOutcome? Probe { get; init; }

    /// <summary>Describes this process on this machine, starting now.</summary>
    /// <param name="device">The networks' device.</param>
    /// <param name="threads">Threads of the networks' arithmetic.</param>
    /// <param name="instructionSet">What the networks' library uses, where it tells; else what the processor offers.</param>
    /// <param name="time">The clock; the system's by default.</param>
    public static RunEnvironment Detect(
        string device, int threads, string? instructionSet = null, TimeProvider? time = null) =>
        new(
            typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                ?? "unknown",
            ProcessorName(),
            instructionSet ?? WidestInstructionSet(),
            threads,
            device,
            (time ?? TimeProvider.System).GetUtcNow(),
            null,
            0,
            null);

    private static string ProcessorName()
    {
        const string cpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(cpuInfo)
            ? File.ReadLines(cpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string WidestInstructionSet() =>
        Avx512F.IsSupported ? "AVX-512"
        : Avx2.IsSupported ? "AVX2"
        : Sse42.IsSupported ? "SSE4.2"
        : AdvSimd.IsSupported ? "NEON"
        : RuntimeInformation.ProcessArchitecture.ToString();
}
