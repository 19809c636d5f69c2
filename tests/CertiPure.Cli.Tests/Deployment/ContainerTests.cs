namespace CertiPure.Cli.Tests.Deployment;

/// <summary>The container's image, built and run.</summary>
[Trait("group", "long")]
public sealed class ContainerTests
{
    [Fact]
    public async Task The_image_runs_on_a_read_only_root_as_any_user_and_is_not_too_large()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Containers run on Linux.");
        (int exitCode, string output, string error) = await Script.RunAsync(
            Script.Root, new Dictionary<string, string>(), Path.Combine(Script.Root, "tests", "container", "run"));
        Assert.SkipWhen(exitCode == 77, output);
        Assert.True(exitCode == 0, output + error);
        Assert.Contains("the container did all of it", output, StringComparison.Ordinal);
    }
}
