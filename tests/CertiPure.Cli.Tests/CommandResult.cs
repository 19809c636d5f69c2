namespace CertiPure.Cli.Tests;

/// <summary>What one command gave.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command in this process, as a shell with redirected streams would.</summary>
    public static Task<CommandResult> Of(params string[] arguments) => Under(TestContext.Current.CancellationToken, arguments);

    /// <summary>Runs a command in this process under a token that stands for Ctrl-C.</summary>
    public static async Task<CommandResult> Under(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, new Terminal(output, error, live: false), cancellation);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Asserts success and returns the output.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return Output;
    }

    /// <summary>Asserts that the command failed with this code, wrote nothing to the output and one sentence, holding the
    /// words, to the error stream.</summary>
    public void Refused(ExitCode code, params string[] words)
    {
        Assert.True((int)code == ExitCode, $"exit code {ExitCode}: {Output}{Error}");
        Assert.Empty(Output);
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("certipure: ", line, StringComparison.Ordinal);
        Assert.EndsWith(".", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
