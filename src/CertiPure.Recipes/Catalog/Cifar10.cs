using System.Formats.Tar;
using System.IO.Compression;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>CIFAR-10 (Krizhevsky 2009) in its binary version: 32x32 colour, 10 classes, 50,000 and 10,000 images.</summary>
public sealed class Cifar10 : DataSet
{
    private const string FolderName = "cifar-10-batches-bin";
    private const string ArchiveSha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";
    private static readonly Uri Archive = new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");

    /// <summary>The published files, the five training batches first, each with its hash.</summary>
    private static readonly (string Name, string Sha256)[] Files =
    [
        ("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
        ("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
        ("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
        ("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
        ("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
        ("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
    ];

    private readonly HttpClient _client;
    private readonly string _archiveSha256;

    /// <summary>The data set.</summary>
    public Cifar10()
        : this(new HttpClient())
    {
    }

    /// <summary>The data set, downloaded by a given client as an archive of a given hash.</summary>
    internal Cifar10(HttpClient client, string archiveSha256 = ArchiveSha256)
    {
        _client = client;
        _archiveSha256 = archiveSha256;
    }

    /// <inheritdoc/>
    public override string Name => "cifar10";

    /// <inheritdoc/>
    public override string Description => "32x32 colour pictures, 10 classes, 50,000 + 10,000 images (170 MB)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Splits { get; } = ["test", "train"];

    /// <inheritdoc/>
    public override string Advice =>
        $"unpack {Archive} into the data folder";

    /// <inheritdoc/>
    internal override ErrorReason Absence => ErrorReason.DownloadMissing;

    /// <inheritdoc/>
    public override string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return locations.Find(FolderName, IsWhole);
    }

    /// <inheritdoc/>
    public override async Task<string> GetAsync(
        DataLocations locations, Action<string> announce, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(locations);
        ArgumentNullException.ThrowIfNull(announce);
        if (Find(locations) is { } found)
        {
            return found;
        }

        string archive = Path.Combine(locations.Cache, Path.GetFileName(Archive.LocalPath));
        announce($"Downloading {Archive} (170 MB) to {locations.Cache} ...");
        await Download.FileAsync(_client, Archive, _archiveSha256, archive, null, cancellation).ConfigureAwait(false);
        string folder = Path.Combine(locations.Cache, FolderName);
        DirectoryInfo unpacked = Directory.CreateDirectory(folder + ".unpacking");
        using (FileStream file = File.OpenRead(archive))
        {
            using var content = new GZipStream(file, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(content, unpacked.FullName, overwriteFiles: true, cancellation).ConfigureAwait(false);
        }

        // In one step, so that no half-written folder passes for the data set.
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.Move(Path.Combine(unpacked.FullName, FolderName), folder);
        unpacked.Delete(recursive: true);
        File.Delete(archive);
        return folder;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindDamage(string folder) =>
        [.. Files.Where(file => FileHash.Of(Path.Combine(folder, file.Name)) != file.Sha256).Select(file => file.Name)];

    /// <inheritdoc/>
    protected override IImageSource OpenSplit(string folder, string split) => CifarBinary.Read(folder, split);

    private static bool IsWhole(string folder) =>
        Files.All(file => File.Exists(Path.Combine(folder, file.Name)));
}
