using System.Buffers.Binary;
using System.IO.Compression;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class FashionMnistTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-fashion-").FullName;
    private readonly ScriptedHost _host = new();
    private readonly Installer _installer = new();
    private readonly HttpClient _client;
    private readonly List<string> _announced = [];

    public FashionMnistTests() => _client = new HttpClient(_host);

    private string Package => Path.Combine(_folder, "package");

    private DataLocations Locations => new([Path.Combine(_folder, "user"), Path.Combine(_folder, "cache")], Path.Combine(_folder, "cache"));

    private FashionMnist Data => new(Package, _installer, _client);

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("user/fashion-mnist")]
    [InlineData("cache/fashion-mnist")]
    [InlineData("package")]
    public async Task It_is_found_where_users_packages_and_downloads_put_it(string place)
    {
        string folder = Path.Combine(_folder, place);
        WriteFiles(folder);
        Assert.Equal(folder, Data.Find(Locations));
        Assert.Equal(folder, await Get());
        Assert.Empty(_announced);
        IImageSource images = Data.Open(folder, "test");
        Assert.Equal((3, new ImageShape(1, 28, 28), "ankle boot"), (images.Count, images.Shape, images.ClassNames[9]));
    }

    [Fact]
    public void A_folder_without_one_of_the_files_is_not_the_data_set()
    {
        string folder = Path.Combine(_folder, "user");
        WriteFiles(folder);
        File.Delete(Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        Assert.Null(Data.Find(Locations));
    }

    [Fact]
    public async Task Where_packages_can_be_installed_the_package_is_announced_and_installed()
    {
        _installer.IsAvailable = true;
        _installer.Install = () => WriteFiles(Package);
        Assert.Equal(Package, await Get());
        Assert.Contains("dataset-fashion-mnist", Assert.Single(_announced), StringComparison.Ordinal);
        Assert.Empty(_host.Asked);
    }

    [Fact]
    public async Task Otherwise_it_is_downloaded_and_a_wrong_hash_refused()
    {
        _host.Files["train-images-idx3-ubyte.gz"] = [1, 2, 3];
        var error = await Assert.ThrowsAsync<CertiPureException>(Get);
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Contains("dataset-fashion-mnist", error.Message, StringComparison.Ordinal);
        Assert.Contains("downloading", Assert.Single(_announced), StringComparison.Ordinal);
        Assert.Null(Data.Find(Locations));
    }

    [Fact]
    public async Task Where_nothing_works_one_sentence_says_what_to_do()
    {
        _installer.IsAvailable = true;
        _host.IsUnreachable = true;
        var error = await Assert.ThrowsAsync<CertiPureException>(Get);
        Assert.Contains("the data folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.DataMissing, error.Reason);
        Assert.Equal(2, _announced.Count);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_were_changed_are_named()
    {
        WriteFiles(Package);
        File.WriteAllText(Path.Combine(Package, "t10k-labels-idx1-ubyte.gz"), "no gzip");
        Assert.Equal(4, Data.FindDamage(Package).Count);
        string real = new FashionMnist().Find(DataLocations.Of(null)) ?? "";
        Assert.SkipWhen(real.Length == 0, "Fashion-MNIST is not on this machine.");
        Assert.Empty(new FashionMnist().FindDamage(real));
        Assert.Equal(10_000, new FashionMnist().Open(real, "test").Count);
    }

    [Fact]
    public void A_split_it_does_not_have_is_refused() =>
        Assert.Contains(
            "test or train",
            Assert.Throws<CertiPureException>(() => Data.Open(Package, "validation")).Message,
            StringComparison.Ordinal);

    internal static void WriteFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string split in (string[])["train", "t10k"])
        {
            Write(Path.Combine(folder, $"{split}-images-idx3-ubyte.gz"), [0x803, 3, 28, 28], new byte[3 * 784]);
            Write(Path.Combine(folder, $"{split}-labels-idx1-ubyte.gz"), [0x801, 3], [0, 1, 2]);
        }
    }

    private static void Write(string path, int[] header, byte[] values)
    {
        using var file = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        Span<byte> word = stackalloc byte[4];
        foreach (int value in header)
        {
            BinaryPrimitives.WriteInt32BigEndian(word, value);
            file.Write(word);
        }

        file.Write(values);
    }

    private Task<string> Get() => Data.GetAsync(Locations, _announced.Add, TestContext.Current.CancellationToken);

    private sealed class Installer : IPackageInstaller
    {
        public bool IsAvailable { get; set; }

        public Action? Install { get; set; }

        public Task<bool> InstallAsync(string package, CancellationToken cancellation)
        {
            Install?.Invoke();
            return Task.FromResult(Install is not null);
        }
    }
}
