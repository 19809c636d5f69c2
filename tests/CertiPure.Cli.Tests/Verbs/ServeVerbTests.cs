namespace CertiPure.Cli.Tests.Verbs;

public sealed class ServeVerbTests
{
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
