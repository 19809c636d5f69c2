using System.IO.Compression;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// Statistics as pytorch-fid stores them: a NumPy archive (<c>.npz</c>) with <c>mu</c> <c>[D]</c> and <c>sigma</c>
/// <c>[D,D]</c>, float64. This project's files also hold <c>count</c>, <c>network</c> and <c>source</c>, which pytorch-fid ignores.
/// </summary>
public static class FeatureStatisticsFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The feature network's name where the file does not say, as pytorch-fid's do not.</param>
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
            RefuseImpossible(path, mean.Numbers(), square);
            return new FeatureStatistics(
                Optional(archive, "network")?.Text() ?? network,
                ReadCount(path, Optional(archive, "count")),
                mean.Numbers(),
                square,
                Optional(archive, "source")?.Text());
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
            if (statistics.Source is string source)
            {
                Add(archive, "source", NumpyArray.Of(source));
            }

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

    /// <summary>A distance of these would be nothing or nonsense: numbers that are not finite, and matrices that are not a covariance.</summary>
    private static void RefuseImpossible(string path, double[] mean, double[,] covariance)
    {
        if (mean.Length == 0 || !mean.All(double.IsFinite))
        {
            throw Damaged(path, "its mean is empty or not finite");
        }

        for (int i = 0; i < mean.Length; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double value = covariance[i, j];
                double scale = Math.Max(1e-300, Math.Max(Math.Abs(value), Math.Abs(covariance[j, i])));
                if (!double.IsFinite(scale) || !(Math.Abs(value - covariance[j, i]) <= 1e-6 * scale) || (i == j && value < 0))
                {
                    throw Damaged(path, "its covariance is not finite, not symmetric or has a negative variance");
                }
            }
        }
    }

    private static long? ReadCount(string path, NumpyArray? array) => array?.Numbers() switch
    {
        null => null,
        [double count] when count is >= 2 and <= long.MaxValue / 2 && count == Math.Floor(count) => (long)count,
        _ => throw Damaged(path, "its count is not a number of images"),
    };

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
        try
        {
            return NumpyArray.Read(stream);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"the array '{name}': {error.Message}", error);
        }
    }

    private static void Add(ZipArchive archive, string name, NumpyArray array)
    {
        using Stream stream = archive.CreateEntry(name + ".npy", CompressionLevel.Fastest).Open();
        array.Write(stream);
    }

    private static CertiPureException Damaged(string path, string why, Exception? cause = null) =>
        new($"The statistics '{path}' cannot be read ({why}): compute them again.", cause);
}
