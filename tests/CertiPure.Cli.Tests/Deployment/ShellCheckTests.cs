namespace CertiPure.Cli.Tests.Deployment;

/// <summary>Every shell script of the repository keeps ShellCheck's rules.</summary>
public sealed class ShellCheckTests
{
    private const string Program = "/usr/bin/shellcheck";

    [Fact]
    public async Task Every_script_is_clean()
    {
        Assert.SkipUnless(File.Exists(Program), "shellcheck is not installed.");
        string[] scripts = [.. Scripts(Script.Root)];
        Assert.Contains(scripts, script => script.EndsWith(".ci/run", StringComparison.Ordinal));
        Assert.True(scripts.Length >= 12, string.Join(' ', scripts));
        (int exitCode, string output, string error) = await Script.RunAsync(
            Script.Root, new Dictionary<string, string>(), Program, ["--external-sources", .. scripts]);
        Assert.True(exitCode == 0, output + error);
    }

    private static IEnumerable<string> Scripts(string folder) => Directory.EnumerateFiles(folder).Where(IsScript).Concat(
        Directory.EnumerateDirectories(folder)
            .Where(each => Path.GetFileName(each) is not (".git" or "bin" or "obj" or "runs" or "data") && !new FileInfo(each).Attributes.HasFlag(FileAttributes.ReparsePoint))
            .SelectMany(Scripts));

    private static bool IsScript(string path)
    {
        using var reader = new StreamReader(path);
        var first = new char[32];
        string line = new string(first, 0, reader.Read(first)).Split('\n')[0];
        return line.StartsWith("#!", StringComparison.Ordinal) && line.EndsWith("sh", StringComparison.Ordinal);
    }
}
