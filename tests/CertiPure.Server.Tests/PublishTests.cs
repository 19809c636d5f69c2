using System.Diagnostics;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Endpoints;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests;

/// <summary>The service from what <c>deploy/publish</c> makes, away from the sources.</summary>
[Trait("group", "long")]
public sealed class PublishTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-publish-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--self-contained", "-p:PublishSingleFile=true")]
    [InlineData("--self-contained")]
    [InlineData("--no-self-contained", "-p:PublishSingleFile=true")]
    public async Task The_published_service_certifies_and_stops(params string[] kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script publishes for Linux.");
        string programs = Path.Combine(_folder, "programs");
        using Process publish = Process.Start(new ProcessStartInfo(
            Path.Combine(DocumentTests.Root, "deploy", "publish"),
            [programs, "-r", "linux-x64", .. kind, $"-p:ArtifactsPath={Path.Combine(_folder, "artifacts")}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> errors = publish.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(publish.ExitCode == 0, output);

        await using ServeProcess serve = await ServeProcess.StartAsync(Path.Combine(programs, "certipure"), [], []);
        using HttpResponseMessage answer = await serve.Client.PostAsync(
            "/v1/predict",
            RunningServer.Upload(PngImage.Encode(new FashionImages().Read(1)), ("model", "fashion-mnist"), ("n", "64")),
            TestContext.Current.CancellationToken);
        Assert.Contains("\"predicted\":1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await ServeProcess.SignalAsync(serve.Command, "TERM");
        Assert.Equal(0, (await serve.EndAsync()).ExitCode);
    }
}
