using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Onnx;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Devices;
using CertiPure.Recipes.Runs;
using CertiPure.Torch.Backend;

namespace CertiPure.Cli.Verbs;

/// <summary><c>doctor</c>: what is installed, what is missing, which native file failed and why.</summary>
internal sealed class DoctorVerb : Verb
{
    private readonly Option<bool> _fetch = new("--fetch")
    {
        Description = "First fetch libtorch by dotnet restore where it is missing, e.g. before a machine goes offline.",
    };

    private readonly Option<string?> _device = new("--device")
    {
        Description = "Check that a device computes what the processor computes, and how fast: cuda, cuda:K, or cpu to see the check itself.",
        HelpName = "DEVICE",
    };

    private readonly Option<bool> _full = new("--full")
    {
        Description = "With --device: take 10,000 images and batches, not some hundred.",
    };

    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public DoctorVerb(Terminal terminal)
        : base("doctor", "Tells what is installed, what is missing and why.", "certipure doctor", terminal)
    {
        Add(_fetch);
        Add(_device);
        Add(_full);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(_fetch))
        {
            LibTorch.Load();
        }

        if (parse.GetValue(_device) is { } device)
        {
            return Task.FromResult(Check(new DeviceCheck(ComputeDevice.Parse(device), parse.GetValue(_full)), parse.GetValue(_json), cancellation));
        }

        Finding[] findings = [.. Machine(), Models(), .. Natives(), .. LibTorchFindings()];
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(findings);
        }
        else
        {
            foreach (Finding finding in findings)
            {
                Terminal.WriteLine($"{(!finding.Ok ? "MISSING" : finding.Warns ? "WARNING" : "ok     ")} {finding.Name,-12} {finding.Detail}");
            }
        }

        return Task.FromResult(Array.TrueForAll(findings, finding => finding.Ok) ? ExitCode.Success : ExitCode.Failed);
    }

    private ExitCode Check(DeviceCheck check, bool json, CancellationToken cancellation)
    {
        var lines = new List<DeviceCheckLine>();
        foreach (DeviceCheckLine line in check.Run())
        {
            cancellation.ThrowIfCancellationRequested();
            lines.Add(line);
            if (!json)
            {
                Terminal.WriteLine(Describe(line));
            }
        }

        if (json)
        {
            Terminal.WriteJson(lines);
        }

        return lines.TrueForAll(line => line.Ok) ? ExitCode.Success : ExitCode.Failed;
    }

    private static string Describe(DeviceCheckLine line)
    {
        string limit = line.Limit is null ? "" : $" ({(line.IsAtLeast ? "at least" : "at most")} {line.Limit.Value.ToString("G3", CultureInfo.InvariantCulture)})";
        string value = line.Error ?? line.Value.ToString("G5", CultureInfo.InvariantCulture) + limit;
        return $"{(line.Ok ? "ok    " : "FAILED")} {line.Subject,-38} {line.Quantity,-55} {value}";
    }

    private static IEnumerable<Finding> Machine() =>
    [
        new("runtime", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}"),
        new("processor", true, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}"),
        new("memory", true, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20):N0} MiB"),
        .. Workers(WorkerPlan.Choose(null, null, ComputeDevice.Processor), ProcessorQuota.Current),
    ];

    /// <summary>What certification and training would use of the processors, and why.</summary>
    private static IEnumerable<Finding> Workers(WorkerPlan plan, double? quota)
    {
        string training = OpenMpSettings.RequestedThreads is { } fixedThreads
            ? $"{fixedThreads} {(fixedThreads == 1 ? "thread" : "threads")}, as OMP_NUM_THREADS asks for"
            : $"1 to {Environment.ProcessorCount} threads, measured while it trains";
        yield return new("workers", true, $"certification: {plan}; training: {training}; OpenMP's waiting threads: {OpenMpSettings.Waiting}");
        if (quota is { } granted)
        {
            int threads = plan.Workers * plan.Threads;
            bool suffices = granted >= threads;
            yield return new(
                "quota",
                true,
                string.Create(CultureInfo.InvariantCulture, $"this process may use {granted:0.##} processors' time")
                + (suffices
                    ? ""
                    : $", less than its {threads} threads want: the system will stop them for a part of each period; raise the quota, or give "
                      + $"--workers {Math.Max(1, (int)granted)}")) { Warns = !suffices };
        }
    }

    private static Finding Models()
    {
        BundledModels models = BundledModels.OfProgram;
        return new("models", models.Names.Count > 0, $"{string.Join(", ", models.Names.DefaultIfEmpty("none"))} in {models.Folder}");
    }

    private static IEnumerable<Finding> Natives() =>
    [
        Native("SkiaSharp", () => $"{PngImage.Encode(new ImageShape(1, 1, 1), (float[])[0]).Length} bytes of PNG written"),
        Native("ONNX Runtime", () => $"{OnnxRuntimeLibrary.Version}{(OnnxRuntimeLibrary.Path is { } path ? $" in {path}" : "")}, int8 by "
            + $"{IntegerInstructions.Name}{(IntegerInstructions.SumIn32Bits ? "" : " (7-bit weights, hardly faster than fp32)")}"),
    ];

    private static Finding Native(string name, Func<string> use)
    {
        try
        {
            return new(name, true, use());
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or TypeInitializationException
            or CertiPureException)
        {
            return new(name, false, exception.GetBaseException().Message.ReplaceLineEndings(" "));
        }
    }

    private static IEnumerable<Finding> LibTorchFindings()
    {
        LibTorchDescription torch = LibTorch.Describe();
        yield return new(
            "libtorch",
            torch.Loaded,
            torch.Failure is { } failure
                ? failure.Reason == ErrorReason.LibTorchMissing ? Remedies.Describe(failure) : failure.Message
                : $"{torch.Version}, {torch.Threads} threads, {torch.Capability}, {(torch.Cuda ? "an NVIDIA GPU" : "no GPU")}");
        if (OneDnn.IsAvoided)
        {
            yield return new(
                "convolutions",
                true,
                "without oneDNN, whose results are wrong where a processor's caches are hidden, as on this machine: fp32 is slower, bf16 very "
                + $"slow ({OneDnn.Variable} in the environment keeps oneDNN)");
        }

        foreach (NativeFile file in torch.Files)
        {
            yield return new("native file", true, $"{file.Path} ({file.Reason})");
        }
    }

    /// <summary>One line of the answer.</summary>
    private sealed record Finding(string Name, bool Ok, string Detail)
    {
        /// <summary>Whether it works and yet wants attention.</summary>
        public bool Warns { get; init; }
    }
}
