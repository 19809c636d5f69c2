using System.Diagnostics;

namespace CertiPure.Server.Tests.Endpoints;

[Trait("group", "long")]
public sealed class OpenApiLintTests
{
    [Fact]
    public async Task The_description_of_the_API_keeps_the_rules_that_Redocly_recommends_without_a_warning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs bash.");
        await using RunningServer server = await RunningServer.StartAsync();
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file,
                await server.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken),
                TestContext.Current.CancellationToken);
            using Process lint = Process.Start(new ProcessStartInfo(Path.Combine(DocumentTests.Root, "tests", "openapi", "lint"), [file])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            Task<string> errors = lint.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await lint.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
            await lint.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipWhen(lint.ExitCode == 77, output);
            Assert.True(lint.ExitCode == 0, output);
            Assert.DoesNotMatch(@"\d+:\d+ +(warning|error)", output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
