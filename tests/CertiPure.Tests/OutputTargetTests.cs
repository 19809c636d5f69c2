using System.Diagnostics;

namespace CertiPure.Tests;

public sealed class OutputTargetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_replaced_whole()
    {
        string path = At("a.txt");
        File.WriteAllText(path, "before");

        OutputTarget.Write(path, temporary => File.WriteAllText(temporary, "after"));

        Assert.Equal("after", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void What_fails_half_way_leaves_what_was_there()
    {
        string path = At("a.txt");
        File.WriteAllText(path, "before");

        Assert.Throws<CertiPureException>(() => OutputTarget.Write(path, temporary =>
        {
            File.WriteAllText(temporary, "half");
            throw new IOException("full");
        }));

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Folders_above_are_made()
    {
        OutputTarget.Write(At("b/c/a.txt"), temporary => File.WriteAllText(temporary, "text"));
        Assert.Equal("text", File.ReadAllText(At("b/c/a.txt")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_symbolic_link_stays_and_its_target_is_written(bool targetExists)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right of their own on Windows.");
        string target = At("elsewhere.txt"), link = At("link.txt");
        if (targetExists)
        {
            File.WriteAllText(target, "before");
        }

        File.CreateSymbolicLink(link, target);
        OutputTarget.Write(link, temporary => File.WriteAllText(temporary, "after"));

        Assert.Equal(target, File.ResolveLinkTarget(link, returnFinalTarget: false)!.FullName);
        Assert.Equal("after", File.ReadAllText(target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fifo_is_written_through_also_behind_a_link(bool linked)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no FIFO.");
        string fifo = At("fifo"), path = linked ? At("link") : fifo;
        using (Process make = Process.Start("mkfifo", fifo))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        if (linked)
        {
            File.CreateSymbolicLink(path, fifo);
        }

        Assert.True(OutputTarget.IsStream(path));
        Task<string> read = Task.Run(() => File.ReadAllText(fifo), TestContext.Current.CancellationToken);
        OutputTarget.Write(path, temporary => File.WriteAllText(temporary, "through"));

        Assert.Equal("through", await read);
        Assert.True(OutputTarget.IsStream(path));
    }

    [Fact]
    public void A_device_is_told_from_a_file_a_folder_and_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows names its devices otherwise.");
        File.WriteAllText(At("a.txt"), "");
        Assert.True(OutputTarget.IsStream("/dev/null"));
        Assert.False(OutputTarget.IsStream(At("a.txt")));
        Assert.False(OutputTarget.IsStream(_folder));
        Assert.False(OutputTarget.IsStream(At("none")));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
