using System.CommandLine;
using System.Runtime.InteropServices;
using CertiPure.Cli.Options;

namespace CertiPure.Cli.Verbs;

/// <summary><c>doctor</c>: what is installed, what is missing, which native file failed and why.</summary>
internal sealed class DoctorVerb : Verb
{
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public DoctorVerb(Terminal terminal)
        : base("doctor", "Tells what is installed, what is missing and why.", "certipure doctor", terminal) =>
        Add(_json);

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var findings = new List<Finding>
        {
            new("runtime", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}"),
            new("processor", true, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}"),
            new("memory", true, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20):N0} MiB"),
        };
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(findings);
        }
        else
        {
            foreach (Finding finding in findings)
            {
                Terminal.WriteLine($"{(finding.Ok ? "ok     " : "MISSING")} {finding.Name,-12} {finding.Detail}");
            }
        }

        return Task.FromResult(findings.TrueForAll(finding => finding.Ok) ? ExitCode.Success : ExitCode.Failed);
    }

    private sealed record Finding(string Name, bool Ok, string Detail);
}
