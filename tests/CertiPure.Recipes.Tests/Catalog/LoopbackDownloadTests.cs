using System.Net;
using System.Security.Cryptography;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class LoopbackDownloadTests : IDisposable
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);
    private static readonly string Hash = Convert.ToHexStringLower(SHA256.HashData(Content));
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-download-").FullName;
    private readonly LoopbackServer _server = new() { Content = Content };
    private readonly HttpClient _client = new();

    private string Target => Path.Combine(_folder, "new", "file.bin");

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_is_downloaded_once_and_then_found()
    {
        var told = new List<long>();
        await GetAsync(Hash, told.Add);
        await GetAsync(Hash);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal(Content.Length, told[^1]);
        Assert.Equal(told.Order(), told);
        Assert.Single(_server.Ranges);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task An_interrupted_download_goes_on_where_it_stopped()
    {
        _server.HangUpAfter = 100_000;
        await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(Hash));
        Assert.False(File.Exists(Target));
        long have = new FileInfo(Target + ".part").Length;
        Assert.InRange(have, 1, 100_000);
        _server.HangUpAfter = null;
        await GetAsync(Hash);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([null, $"bytes={have}-"], _server.Ranges);
    }

    [Fact]
    public async Task A_host_that_ignores_ranges_sends_the_file_again()
    {
        _server.HangUpAfter = 100_000;
        await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(Hash));
        (_server.HangUpAfter, _server.IgnoresRanges) = (null, true);
        await GetAsync(Hash);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_part_of_an_older_file_is_not_joined_with_the_end_of_a_newer_one()
    {
        (_server.HangUpAfter, _server.EntityTag) = (100_000, "\"old\"");
        await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(null));
        byte[] newer = RandomNumberGenerator.GetBytes(300_000);
        (_server.HangUpAfter, _server.EntityTag, _server.Content) = (null, "\"new\"", newer);
        await GetAsync(null);
        Assert.Equal(newer, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_file_of_another_hash_is_discarded()
    {
        var refusal = await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(new string('0', 64)));
        Assert.Contains($"SHA-256 {Hash} instead of 0000", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task The_first_digits_of_a_hash_are_enough_to_check()
    {
        await GetAsync(Hash[..8]);
        Assert.Equal(Content, File.ReadAllBytes(Target));
        File.Delete(Target);
        await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(Hash[..7] + (Hash[7] == '0' ? '1' : '0')));
    }

    [Fact]
    public async Task A_file_of_unknown_hash_keeps_the_one_it_came_with()
    {
        await GetAsync(null);
        Assert.Equal(Hash, File.ReadAllText(Target + ".sha256"));
        var checkpoint = new PublishedCheckpoint("x", "", "", "", "", null, [new PublishedFile(_server.Address, null)]);
        Assert.Empty(checkpoint.FindDamage(Target));
        File.AppendAllText(Target, "x");
        Assert.Equal(["file.bin"], checkpoint.FindDamage(Target));
        await GetAsync(null);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_part_that_has_every_byte_is_only_checked()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", Content);
        await GetAsync(Hash);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_part_that_is_longer_than_the_file_is_discarded()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllBytes(Target + ".part", [.. Content, 1]);
        await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(null));
        await GetAsync(null);
        Assert.Equal(Content, File.ReadAllBytes(Target));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task A_host_that_fails_is_told_in_one_sentence(HttpStatusCode failure)
    {
        _server.Failure = failure;
        var refusal = await Assert.ThrowsAsync<CertiPureException>(() => GetAsync(Hash));
        Assert.Contains(_server.Address.ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(((int)failure).ToString(System.Globalization.CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_published_checkpoint_is_looked_for_before_it_is_downloaded()
    {
        var checkpoint = new PublishedCheckpoint("x", "", "", "", "", null, [new PublishedFile(_server.Address, Hash)]);
        var locations = new DataLocations([Path.Combine(_folder, "data"), Path.Combine(_folder, "cache")], Path.Combine(_folder, "cache"));
        Assert.Null(checkpoint.Find(locations));
        string path = await checkpoint.GetAsync(locations, _client, null, TestContext.Current.CancellationToken);
        Assert.Equal(Path.Combine(_folder, "cache", "checkpoints", "x", "file.bin"), path);
        Assert.Equal(path, checkpoint.Find(locations));
        Assert.Empty(checkpoint.FindDamage(path));
        Assert.Equal(path, await checkpoint.GetAsync(locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Single(_server.Ranges);

        Directory.CreateDirectory(locations.Folders[0]);
        File.WriteAllBytes(Path.Combine(locations.Folders[0], "file.bin"), [1]);
        string mine = checkpoint.Find(locations)!;
        Assert.Equal(Path.Combine(locations.Folders[0], "file.bin"), mine);
        Assert.Equal(["file.bin"], checkpoint.FindDamage(mine));
    }

    [Fact]
    public void Every_published_checkpoint_is_complete()
    {
        Assert.Equal(PublishedCheckpoints.All.Count, PublishedCheckpoints.All.Select(checkpoint => checkpoint.Name).Distinct().Count());
        Assert.All(PublishedCheckpoints.All, checkpoint =>
        {
            Assert.Same(checkpoint, PublishedCheckpoints.Find(checkpoint.Name));
            Assert.NotEmpty(checkpoint.Files);
            Assert.All(
                new[] { checkpoint.Name, checkpoint.Description, checkpoint.Use, checkpoint.Architecture, checkpoint.Licence }, Assert.NotEmpty);
            Assert.All(checkpoint.Files, file =>
            {
                Assert.Equal("https", file.Address.Scheme);
                Assert.Matches("^[A-Za-z0-9_.-]+$", file.Name);
                Assert.True(file.Sha256 is null || (file.Sha256.Length is 8 or 64 && file.Sha256.All(char.IsAsciiHexDigitLower)));
            });
        });
    }

    private Task GetAsync(string? hash, Action<long>? progress = null) =>
        Download.FileAsync(_client, _server.Address, hash, Target, progress, TestContext.Current.CancellationToken);
}
