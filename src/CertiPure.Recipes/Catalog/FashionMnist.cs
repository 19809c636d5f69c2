using System.IO.Compression;
using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Recipes.Catalog;

/// <summary>Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): 28x28 grey, 10 classes, 60,000 and 10,000 images. It is found in the
/// user's data folders or where Debian's package installs it, and otherwise got by that package or by download.</summary>
public sealed class FashionMnist : DataSet
{
    private const string Package = "dataset-fashion-mnist";
    private const string Origin = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";

    /// <summary>The published files: the hash of the file as its authors compressed it, and of its content.</summary>
    private static readonly (string Name, string Sha256, string ContentSha256)[] Files =
    [
        ("train-images-idx3-ubyte.gz",
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ("train-labels-idx1-ubyte.gz",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        ("t10k-images-idx3-ubyte.gz",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        ("t10k-labels-idx1-ubyte.gz",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    private static readonly string[] Classes =
        ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    private readonly string _packageFolder;
    private readonly IPackageInstaller _installer;
    private readonly HttpClient _client;

    /// <summary>The data set of this machine.</summary>
    public FashionMnist()
        : this("/usr/share/datasets/fashion-mnist", new AptPackageInstaller(), new HttpClient())
    {
    }

    /// <summary>The data set of a described machine.</summary>
    /// <param name="packageFolder">Where Debian's package installs it.</param>
    /// <param name="installer">Installs that package.</param>
    /// <param name="client">Downloads the files.</param>
    internal FashionMnist(string packageFolder, IPackageInstaller installer, HttpClient client)
    {
        _packageFolder = packageFolder;
        _installer = installer;
        _client = client;
    }

    /// <inheritdoc/>
    public override string Name => "fashion-mnist";

    /// <inheritdoc/>
    public override string Description => "28x28 grey pictures of clothes, 10 classes, 60,000 + 10,000 images (31 MB)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Splits { get; } = ["test", "train"];

    /// <inheritdoc/>
    public override string Advice =>
        $"install Debian's package {Package}, or put the four idx.gz files of {Origin} into a folder fashion-mnist of the data folder";

    /// <inheritdoc/>
    public override bool IsFetchedOnDemand => true;

    /// <inheritdoc/>
    public override string? Find(DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(locations);
        return locations.Find(Name, IsWhole) ?? (IsWhole(_packageFolder) ? _packageFolder : null);
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

        if (_installer.IsAvailable)
        {
            announce($"Fashion-MNIST is not on this machine: installing Debian's package {Package} (31 MB) ...");
            if (await _installer.InstallAsync(Package, cancellation).ConfigureAwait(false) && IsWhole(_packageFolder))
            {
                return _packageFolder;
            }
        }

        string folder = Path.Combine(locations.Cache, Name);
        announce($"Fashion-MNIST is not on this machine: downloading it (31 MB) to {folder} ...");
        try
        {
            foreach ((string name, string sha256, _) in Files)
            {
                await Download
                    .FileAsync(_client, new Uri(Origin + name), sha256, Path.Combine(folder, name), null, cancellation)
                    .ConfigureAwait(false);
            }
        }
        catch (CertiPureException error)
        {
            throw new CertiPureException($"Fashion-MNIST could not be fetched ({error.Message.TrimEnd('.')}): {Advice}.", error, ErrorReason.DataMissing);
        }

        return folder;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> FindDamage(string folder) =>
        [.. Files.Where(file => HashOfContent(folder, file.Name) != file.ContentSha256).Select(file => file.Name)];

    /// <inheritdoc/>
    protected override IImageSource OpenSplit(string folder, string split) => Idx.ReadFolder(folder, split, Name, Classes);

    private static bool IsWhole(string folder) => Files.All(file => FindFile(folder, file.Name) is not null);

    /// <summary>The file, compressed or not.</summary>
    private static string? FindFile(string folder, string name)
    {
        string[] candidates = [Path.Combine(folder, name), Path.Combine(folder, Path.GetFileNameWithoutExtension(name))];
        return candidates.FirstOrDefault(File.Exists);
    }

    // Debian compresses the files anew, so only their content can be compared.
    private static string? HashOfContent(string folder, string name)
    {
        if (FindFile(folder, name) is not { } path)
        {
            return null;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using Stream content = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (InvalidDataException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
