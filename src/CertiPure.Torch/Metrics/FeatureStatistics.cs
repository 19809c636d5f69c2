using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>The mean and covariance of a feature network's features over a set of images: all that a Fréchet distance needs
/// to know of the set.</summary>
public sealed class FeatureStatistics
{
    /// <summary>Takes statistics as computed.</summary>
    /// <param name="network">The name of the feature network, with its resizer and weights.</param>
    /// <param name="imageCount">The number of images, or null where a file does not tell.</param>
    /// <param name="mean"><c>[D]</c>.</param>
    /// <param name="covariance"><c>[D,D]</c>, divided by the number of images less one.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public FeatureStatistics(string network, long? imageCount, double[] mean, double[,] covariance)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        if (covariance.GetLength(0) != mean.Length || covariance.GetLength(1) != mean.Length)
        {
            throw new ArgumentException(
                $"A mean of {mean.Length} features and a covariance of {covariance.GetLength(0)}x{covariance.GetLength(1)} do not fit.",
                nameof(covariance));
        }

        Network = network;
        ImageCount = imageCount;
        Mean = mean;
        Covariance = covariance;
    }

    /// <summary>The name of the feature network, with its resizer and weights.</summary>
    public string Network { get; }

    /// <summary>The number of images, or null where the file that it was read from does not tell.</summary>
    public long? ImageCount { get; }

    /// <summary>The number of features, D.</summary>
    public int FeatureCount => Mean.Length;

    /// <summary>The mean, <c>[D]</c>.</summary>
    public double[] Mean { get; }

    /// <summary>The covariance, <c>[D,D]</c>.</summary>
    public double[,] Covariance { get; }

    /// <summary>Computes the statistics of features at hand.</summary>
    /// <param name="network">The name of the feature network.</param>
    /// <param name="features"><c>[N,D]</c>, N at least 2.</param>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    public static FeatureStatistics Of(string network, Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2 || features.shape[0] < 2)
        {
            throw new ArgumentException("A covariance needs the features of at least two images.", nameof(features));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor precise = features.to(ScalarType.Float64).cpu();
        Tensor mean = precise.mean([0]);
        Tensor centred = precise - mean;
        Tensor covariance = matmul(centred.t(), centred) / (features.shape[0] - 1);
        return new FeatureStatistics(
            network, features.shape[0], mean.data<double>().ToArray(), (double[,])covariance.data<double>().ToNDArray());
    }

    /// <summary>Computes the statistics of images, batch by batch.</summary>
    /// <param name="network">The feature network.</param>
    /// <param name="batches">Images <c>[N,3,H,W]</c> in pixel space, [0,1].</param>
    public static FeatureStatistics Of(FeatureNetwork network, IEnumerable<Tensor> batches)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batches);
        using DisposeScope scope = NewDisposeScope();
        return Of(network.Name, cat([.. batches.Select(network.Features)], 0));
    }
}
