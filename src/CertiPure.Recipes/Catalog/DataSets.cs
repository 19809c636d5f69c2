using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Recipes.Catalog;

/// <summary>All data sets that have a name, and image files that have a path.</summary>
public static class DataSets
{
    private static readonly PictureDecoder Decoder = new();

    /// <summary>The data sets, by name in ordinal order.</summary>
    public static IReadOnlyList<DataSet> All { get; } =
        [new Cifar10(), new FashionMnist(), new ImageNet64(), new TinyImageNet(Decoder)];

    /// <summary>Finds a data set.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="CertiPureException">There is none of that name.</exception>
    public static DataSet Named(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new CertiPureException(
            $"There is no data set '{name}'; choose one of {string.Join(", ", All.Select(set => set.Name))}.", ErrorReason.InvalidArgument);

    /// <summary>Opens images by a data set's name or by the path of a folder or file.</summary>
    /// <param name="nameOrPath">A data set's name goes before a path of the same name.</param>
    /// <param name="options">The split, and how pictures of one's own are read.</param>
    /// <param name="locations">Where data sets are looked for.</param>
    /// <param name="announce">Told in a sentence when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">There is no such data set or path, or it is damaged.</exception>
    public static async Task<IImageSource> OpenAsync(
        string nameOrPath,
        PictureOptions options,
        DataLocations locations,
        Action<string> announce,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        ArgumentNullException.ThrowIfNull(options);
        if (All.FirstOrDefault(set => set.Name == nameOrPath) is { } set)
        {
            if (!options.Preparation.IsNone || options.LabelsFile is not null)
            {
                throw new CertiPureException(
                    $"{set.Name} has one size and its own labels; resizing, cropping and tables of labels are for pictures of one's own.",
                    ErrorReason.InvalidArgument);
            }

            string folder = set.Find(locations) ?? await FetchAsync(set, locations, announce, cancellation).ConfigureAwait(false);
            return set.Open(
                folder, options.Split ?? (options.ForTraining && set.Splits.Contains("train") ? "train" : set.Splits[0]));
        }

        if (!Path.Exists(nameOrPath))
        {
            throw new CertiPureException(
                $"There is neither a data set nor a file named '{nameOrPath}'; choose one of "
                + $"{string.Join(", ", All.Select(known => known.Name))} or the path of a folder or an image.",
                ErrorReason.InvalidArgument);
        }

        return OwnPictures.Open(nameOrPath, options);
    }

    /// <summary>Opens one image file; its id is 0.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">It is missing or no image.</exception>
    public static IImageSource OpenFile(string path) => File.Exists(path)
        ? OwnPictures.Open(path, new PictureOptions())
        : throw new CertiPureException($"{path} does not exist; name an image.");

    private static Task<string> FetchAsync(
        DataSet set, DataLocations locations, Action<string> announce, CancellationToken cancellation) =>
        set.IsFetchedOnDemand
            ? set.GetAsync(locations, announce, cancellation)
            : throw new CertiPureException(
                $"The data set {set.Name} is in none of {string.Join(", ", locations.Folders)}: {set.Advice}.", set.Absence);
}
