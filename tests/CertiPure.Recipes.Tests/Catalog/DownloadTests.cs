using System.Security.Cryptography;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class DownloadTests : IDisposable
{
    private static readonly Uri Address = new("https://example.org/files/weights.bin");
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-download-").FullName;
    private readonly ScriptedHost _host = new();
    private readonly byte[] _content = new byte[200_000];

    public DownloadTests()
    {
        new Random(1).NextBytes(_content);
        _host.Files["weights.bin"] = _content;
    }

    private string Target => Path.Combine(_folder, "sub", "weights.bin");

    private string Hash => Convert.ToHexStringLower(SHA256.HashData(_content));

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_arrives_whole()
    {
        await Fetch(Hash);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_asked_for_again()
    {
        await Fetch(Hash);
        await Fetch(Hash);
        Assert.Single(_host.Asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(150_000)]
    [InlineData(200_000)]
    public async Task A_part_is_continued_where_it_ended(int have)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", _content[..have]);
        await Fetch(Hash);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal($"weights.bin@{have}", Assert.Single(_host.Asked));
    }

    [Fact]
    public async Task Another_file_than_promised_is_discarded()
    {
        var error = await Assert.ThrowsAsync<CertiPureException>(() => Fetch(new string('0', 64)));
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_damaged_part_is_discarded_so_that_the_next_try_succeeds()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", new byte[1000]);
        await Assert.ThrowsAsync<CertiPureException>(() => Fetch(Hash));
        await Fetch(Hash);
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_or_has_no_such_file_is_one_sentence()
    {
        _host.Files.Clear();
        Assert.Contains("404", (await Assert.ThrowsAsync<CertiPureException>(() => Fetch(Hash))).Message, StringComparison.Ordinal);
        _host.IsUnreachable = true;
        Assert.Contains(
            "No such host", (await Assert.ThrowsAsync<CertiPureException>(() => Fetch(Hash))).Message, StringComparison.Ordinal);
    }

    private async Task Fetch(string sha256)
    {
        using var client = new HttpClient(_host, disposeHandler: false);
        await Download.FileAsync(client, Address, sha256, Target, null, TestContext.Current.CancellationToken);
    }
}
