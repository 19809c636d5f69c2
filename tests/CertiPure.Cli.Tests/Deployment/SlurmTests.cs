namespace CertiPure.Cli.Tests.Deployment;

/// <summary>A real Slurm of one node, made for the test and gone after it.</summary>
[Trait("group", "long")]
public sealed class SlurmTests
{
    [Fact]
    public async Task An_array_with_a_killed_task_that_is_queued_again_merges_to_the_bytes_of_one_process()
    {
        string output = await RunAsync("resume");
        Assert.Contains("went on from its certificates", output, StringComparison.Ordinal);
        Assert.Contains("has the bytes of one process's", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_time_is_over_is_queued_again_and_goes_on() =>
        Assert.Contains("the task went on after its time limit", await RunAsync("timeout"), StringComparison.Ordinal);

    private static async Task<string> RunAsync(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Slurm runs on Linux.");
        Assert.SkipUnless(
            Directory.Exists("/usr/share/datasets/fashion-mnist"), "The Debian package dataset-fashion-mnist is not installed.");
        (int exitCode, string output, string error) = await Script.RunAsync(
            Script.Root,
            new Dictionary<string, string> { ["CERTIPURE"] = Script.CertiPure },
            Path.Combine(Script.Root, "tests", "slurm", "with-slurm"),
            Path.Combine(Script.Root, "tests", "slurm", script));
        Assert.SkipWhen(exitCode == 77, output);
        Assert.True(exitCode == 0, output + error);
        return output;
    }
}
