using System.Diagnostics;
using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Tests.Endpoints;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests;

/// <summary>The clients in <c>samples</c>, run against the service.</summary>
public sealed class SampleClientTests : IDisposable
{
    private const string Key = "a key of sixteen or more";

    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-clients-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/usr/bin/python3", "PythonClient/certify.py")]
    [InlineData("/usr/bin/node", "JavaScriptClient/certify.mjs")]
    public async Task A_client_certifies_with_progress_and_verifies(string program, string sample)
    {
        Assert.SkipUnless(File.Exists(program), $"There is no {program}.");
        await using RunningServer server = await RunningServer.StartAsync(
            new ServerOptions { ApiKey = Key, ProgressInterval = TimeSpan.Zero });
        string certificate = Path.Combine(_folder, "certificate.json");
        (int exitCode, string output, string errors) = await RunAsync(program, sample, server, 9, certificate);
        Assert.True(exitCode == 0, errors);
        Assert.Contains("ankle boot - No change of L2 norm below", output, StringComparison.Ordinal);
        Assert.Contains("holds - Everything it claims was found again.", output, StringComparison.Ordinal);
        Assert.Contains("of 1100 draws, radius", errors, StringComparison.Ordinal);
        CertificateDocument document = CertificateDocument.Parse(
            await File.ReadAllBytesAsync(certificate, TestContext.Current.CancellationToken), "the client's file");
        Assert.Equal(9, document.Certificate.Predicted);
    }

    [Theory]
    [InlineData("/usr/bin/python3", "PythonClient/certify.py")]
    [InlineData("/usr/bin/node", "JavaScriptClient/certify.mjs")]
    public async Task A_client_says_why_it_was_refused(string program, string sample)
    {
        Assert.SkipUnless(File.Exists(program), $"There is no {program}.");
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { ApiKey = Key, MaxUploadBytes = 50 });
        (int exitCode, _, string errors) = await RunAsync(program, sample, server, 9, Path.Combine(_folder, "certificate.json"));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("larger than 50 bytes", errors, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, string sample, RunningServer server, int image, string certificate)
    {
        string picture = Path.Combine(_folder, "picture.png");
        await File.WriteAllBytesAsync(picture, PngImage.Encode(new FashionImages().Read(image)), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(
            program, [Path.Combine(DocumentTests.Root, "samples", sample), server.Address.ToString().TrimEnd('/'), picture, certificate])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["CERTIPURE_KEY"] = Key;
        using Process client = Process.Start(start)!;
        Task<string> errors = client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (client.ExitCode, output, await errors);
    }
}
