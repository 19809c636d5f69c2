using System.Security.Cryptography;
using System.Text;
using CertiPure.Torch.Metrics;

namespace CertiPure.Recipes.Metrics;

/// <summary>The statistics of sets of images under feature networks, computed once and kept in files whose name follows from all that
/// determines them: network, resizer, weights, images.</summary>
public sealed class FrechetStatistics
{
    private readonly string _folder;

    /// <summary>Keeps files in a folder.</summary>
    /// <param name="folder">The folder; created when a file is written.</param>
    public FrechetStatistics(string folder) => _folder = folder;

    /// <summary>Reads or computes the statistics.</summary>
    /// <param name="network">The feature network.</param>
    /// <param name="images">The images.</param>
    /// <param name="read">Told the number of images read so far; not called where the statistics are at hand.</param>
    /// <exception cref="CertiPureException">An image cannot be read, or the folder cannot be written.</exception>
    public FeatureStatistics Of(FeatureNetwork network, MetricImages images, Action<int>? read = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(images);
        string path = PathOf(network.Name, images.Source);
        if (Find(path, network.Name, images) is { } known)
        {
            return known;
        }

        int done = 0;
        FeatureStatistics statistics = FeatureStatistics.Of(
            network,
            images.Batches().Select(batch =>
            {
                read?.Invoke(done += batch.Count);
                return batch;
            }),
            images.Source);
        OutputTarget.Write(path, temporary => FeatureStatisticsFile.Write(temporary, statistics));

        return statistics;
    }

    /// <summary>The file that holds a set's statistics under a network; it need not exist.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="source">What determines the images.</param>
    public string PathOf(string network, string source) => Path.Combine(
        _folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{network}\n{source}")))[..32] + ".npz");

    /// <summary>What a file says of itself is checked; one that is damaged or says other things is computed again.</summary>
    private static FeatureStatistics? Find(string path, string network, MetricImages images)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            FeatureStatistics known = FeatureStatisticsFile.Read(path, network);
            return known.Network == network && known.Source == images.Source && known.ImageCount == images.Count ? known : null;
        }
        catch (CertiPureException)
        {
            return null;
        }
    }
}
