namespace CertiPure.Cli.Tests.Verbs;

public sealed class ServeVerbTests
{
    [Fact]
    public async Task The_help_lists_the_services_own_options()
    {
        string help = (await CommandResult.Of("serve", "--help")).Succeeded();
        Assert.All(
            (string[])["certipure serve [options]", "--url", "--runs", "--api-key-file", "--sealing-key-file", "--config"],
            words => Assert.Contains(words, help, StringComparison.Ordinal));
        Assert.DoesNotContain("CertiPure.Server", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--url", "ftp://127.0.0.1")]
    [InlineData(3, "--url", "http://0.0.0.0:5080")]
    [InlineData(2, "--surprise")]
    public async Task The_services_exit_code_is_the_verbs_own(int expected, params string[] arguments)
    {
        CommandResult result = await CommandResult.Of(["serve", .. arguments]);
        Assert.Equal(expected, result.ExitCode);
    }
}
