using System.IO.Compression;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// Statistics as pytorch-fid stores them: a NumPy archive (<c>.npz</c>) with <c>mu</c> <c>[D]</c> and <c>sigma</c>
/// <c>[D,D]</c>, float64. This project's files also hold <c>count</c> and <c>network</c>, which pytorch-fid ignores.
/// </summary>
public static class FeatureStatisticsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The feature network's name where the file does not tell, as pytorch-fid's do not.</param>
    /// <exception cref="CertiPureException">The file is missing, damaged or no such archive.</exception>
    public static FeatureStatistics Read(string path, string network)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            NumpyArray mean = Required(archive, path, "mu");
            NumpyArray covariance = Required(archive, path, "sigma");
            if (mean.Shape is not [int features] || covariance.Shape is not [int rows, int columns]
                || rows != features || columns != features)
            {
                throw Damaged(path, "its mean and covariance do not fit");
            }

            var square = new double[features, features];
            Buffer.BlockCopy(covariance.Numbers(), 0, square, 0, square.Length * sizeof(double));
            return new FeatureStatistics(
                Optional(archive, "network")?.Text() ?? network,
                Optional(archive, "count")?.Numbers() is [double count, ..] ? (long)count : null,
                mean.Numbers(),
                square);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Damaged(path, exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>Writes a file; an existing one is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="statistics">The statistics.</param>
    /// <exception cref="CertiPureException">The file cannot be written.</exception>
    public static void Write(string path, FeatureStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        try
        {
            using var file = new FileStream(path, FileMode.Create);
            using var archive = new ZipArchive(file, ZipArchiveMode.Create);
            var covariance = new double[statistics.Covariance.Length];
            Buffer.BlockCopy(statistics.Covariance, 0, covariance, 0, covariance.Length * sizeof(double));
            int features = statistics.FeatureCount;
            Add(archive, "mu", NumpyArray.Of([features], statistics.Mean));
            Add(archive, "sigma", NumpyArray.Of([features, features], covariance));
            Add(archive, "network", NumpyArray.Of(statistics.Network));
            if (statistics.ImageCount is long count)
            {
                Add(archive, "count", NumpyArray.Of([], [count]));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException(
                $"The statistics '{path}' cannot be written ({exception.Message.TrimEnd('.')}): choose another place.", exception);
        }
    }

    private static NumpyArray Required(ZipArchive archive, string path, string name) =>
        Optional(archive, name) ?? throw Damaged(path, $"it has no array '{name}'");

    private static NumpyArray? Optional(ZipArchive archive, string name)
    {
        ZipArchiveEntry? entry = archive.GetEntry(name + ".npy");
        if (entry is null)
        {
            return null;
        }

        using Stream stream = entry.Open();
        return NumpyArray.Read(stream);
    }

    private static void Add(ZipArchive archive, string name, NumpyArray array)
    {
        using Stream stream = archive.CreateEntry(name + ".npy", CompressionLevel.Fastest).Open();
        array.Write(stream);
    }

    private static CertiPureException Damaged(string path, string why, Exception? cause = null) =>
        new($"The statistics '{path}' cannot be read ({why}): compute them again.", cause);
}
