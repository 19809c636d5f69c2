using System.Text.Json;
using System.Text.RegularExpressions;

namespace CertiPure.Cli.Tests.Deployment;

/// <summary>The pods' commands, as the manifests have them, run one after the other; no cluster is needed for that.</summary>
public sealed partial class KubernetesTests : IDisposable
{
    private const string Name = "linear";
    private const int Shards = 3;

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_manifests_commands_give_the_run_of_one_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need a shell.");
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string[] options = [.. _bench.Certify()[1..^2]];
        string manifests = await ManifestsAsync(options);

        // What Kubernetes does: expand $(SHARD) in the arguments, and set the index and the container's variables.
        string count = CountVariable().Match(manifests).Groups[1].Value;
        Assert.Equal($"{Shards}", count);
        Assert.Equal(2, Regex.Count(manifests, $"(completions|parallelism): {Shards}\n"));
        for (int index = 0; index < Shards; index++)
        {
            (int exitCode, _, string error) = await InContainerAsync(
                index, ["certipure", .. Arguments(manifests).Select(argument => argument.Replace("$(SHARD)", $"{index}", StringComparison.Ordinal))]);
            Assert.True(exitCode == 0, error);
        }

        string merge = MergeCommand().Match(manifests).Groups[1].Value.Replace("\n             ", "", StringComparison.Ordinal);
        (int merged, string report, string problem) = await InContainerAsync(null, ["sh", "-ec", merge]);
        Assert.True(merged == 0, problem);
        Assert.Contains("every bound and radius follows from its counts", report, StringComparison.Ordinal);
        Assert.Equal(Workbench.WithoutTimes(_bench.Run), Workbench.WithoutTimes(_bench.At($"runs/{Name}/merged")));
    }

    [Fact]
    public async Task Arguments_reach_the_manifest_whatever_signs_they_have()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need a shell.");
        string[] odd = ["--classifier", """/data/a "b" & c|d\e $f.onnx"""];
        Assert.Equal(odd, Arguments(await ManifestsAsync(odd))[^2..]);
    }

    [GeneratedRegex("name: CERTIPURE_SHARD_COUNT, value: \"([0-9]+)\"")]
    private static partial Regex CountVariable();

    [GeneratedRegex(@"- -ec\n +- ([^\n]*(\n {14}[^\n]*)*)\n")]
    private static partial Regex MergeCommand();

    private static async Task<string> ManifestsAsync(string[] options)
    {
        (int exitCode, string output, string error) = await Script.RunAsync(
            Script.Root,
            new Dictionary<string, string> { ["PRINT"] = "1" },
            Path.Combine(Script.Root, "deploy", "kubernetes", "submit"),
            ["registry.example/certipure", Name, $"{Shards}", .. options]);
        Assert.True(exitCode == 0, error);
        return output;
    }

    /// <summary>The list of the certify container's arguments: bare words first, then strings.</summary>
    private static string[] Arguments(string manifests)
    {
        string line = manifests.Split('\n').Single(text => text.TrimStart().StartsWith("args: [", StringComparison.Ordinal)).Trim();
        string list = Regex.Replace(line["args: [".Length..^1], @"(?<=^|, )([\w/$()-]+)(?=,)", "\"$1\"");
        return JsonSerializer.Deserialize<string[]>($"[{list}]")!;
    }

    /// <summary>Runs a command with the program <c>certipure</c> in the path, in a working folder that has <c>runs</c>.</summary>
    private async Task<(int ExitCode, string Output, string Error)> InContainerAsync(int? index, string[] command)
    {
        string programs = Directory.CreateDirectory(_bench.At("programs")).FullName;
        string program = Path.Combine(programs, "certipure");
        if (!File.Exists(program) && !OperatingSystem.IsWindows())
        {
            File.WriteAllText(program, $"#!/bin/sh\nexec {Script.CertiPure} \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CERTIPURE_SHARD_COUNT"] = $"{Shards}",
        };
        if (index is { } number)
        {
            environment["JOB_COMPLETION_INDEX"] = $"{number}";
        }

        return await Script.RunAsync(_bench.Folder, environment, "sh", ["-c", "exec \"$@\"", "sh", .. command]);
    }
}
