using System.Diagnostics;
using System.Runtime.InteropServices;
using CertiPure.Onnx;

namespace CertiPure.Cli.Tests;

/// <summary>The build of ONNX Runtime for NVIDIA cards, on a machine without one.</summary>
[Trait("group", "long")]
public sealed class GraphicsCardRuntimeTests : IDisposable
{
    private const string Package = "Microsoft.ML.OnnxRuntime.Gpu.Linux";
    private const string Version = "1.31.0";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task It_loads_runs_on_the_processor_and_says_in_one_sentence_what_a_card_lacks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, $"{Package} is for x86-64 Linux.");
        Assert.SkipWhen(NativeLibrary.TryLoad("libcuda.so.1", out _), "This machine has an NVIDIA driver.");
        string folder = await UnpackAsync();

        (int code, string output, _) = await RunAsync("dotnet", folder, [typeof(CommandLine).Assembly.Location, "doctor"]);
        Assert.Contains($"{Version} in {folder}", output, StringComparison.Ordinal);

        string[] certify = _bench.Certify(
            ("--data", _bench.WritePictures()), ("--images", "0"), ("--classifier", "fashion-mnist"), ("--n0", "2"), ("--n", "12"), ("--engine", "onnx"));
        (code, _, string error) = await RunAsync("dotnet", folder, [typeof(CommandLine).Assembly.Location, .. certify]);
        Assert.True(code == 0, error);

        (code, _, error) = await RunAsync(
            "dotnet", folder, [typeof(CommandLine).Assembly.Location, .. certify, "--device", "cuda:0", "--overwrite"]);
        Assert.Equal((int)ExitCode.Failed, code);
        string line = Assert.Single(error.Split('\n'), line => line.StartsWith("certipure: ", StringComparison.Ordinal));
        Assert.Contains("cuda:0", line, StringComparison.Ordinal);
        Assert.Contains("NVIDIA driver (libcuda.so.1)", line, StringComparison.Ordinal);
    }

    /// <summary>Fetches the package by NuGet, into this test's folder.</summary>
    private async Task<string> UnpackAsync()
    {
        string project = _bench.At("fetch.csproj");
        await File.WriteAllTextAsync(
            project,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><RestorePackagesPath>{_bench.At("packages")}</RestorePackagesPath></PropertyGroup>
              <ItemGroup><PackageDownload Include="{Package}" Version="[{Version}]" /></ItemGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);
        (int code, string output, string error) = await RunAsync("dotnet", null, ["restore", project]);
        Assert.SkipUnless(code == 0, $"{Package} cannot be fetched: {output}{error}");
        return _bench.At(Path.Combine("packages", Package.ToLowerInvariant(), Version));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, string? runtime, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (runtime is not null)
        {
            start.Environment[OnnxRuntimeLibrary.FolderVariable] = runtime;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }
}
