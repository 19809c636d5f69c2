using CertiPure.Images;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>The mean and covariance of a feature network's features over a set of images: all that a Fréchet distance needs
/// to know of the set.</summary>
public sealed class FeatureStatistics
{
    /// <summary>Takes statistics as computed.</summary>
    /// <param name="network">The name of the feature network, with its resizer and weights.</param>
    /// <param name="imageCount">The number of images, or null where a file does not say.</param>
    /// <param name="mean"><c>[D]</c>.</param>
    /// <param name="covariance"><c>[D,D]</c>, divided by the number of images less one.</param>
    /// <param name="source">Which images, with split and selection, or null where nobody tells.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public FeatureStatistics(string network, long? imageCount, double[] mean, double[,] covariance, string? source = null)
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
        Source = source;
    }

    /// <summary>The name of the feature network, with its resizer and weights.</summary>
    public string Network { get; }

    /// <summary>The number of images, or null where the file that it was read from does not say.</summary>
    public long? ImageCount { get; }

    /// <summary>Which images, with split and selection, or null where the file that it was read from does not say.</summary>
    public string? Source { get; }

    /// <summary>The number of features, D.</summary>
    public int FeatureCount => Mean.Length;

    /// <summary>The mean, <c>[D]</c>.</summary>
    public double[] Mean { get; }

    /// <summary>The covariance, <c>[D,D]</c>.</summary>
    public double[,] Covariance { get; }

    /// <summary>Computes the statistics of features at hand.</summary>
    /// <param name="network">The name of the feature network.</param>
    /// <param name="features"><c>[N,D]</c>, N at least 2.</param>
    /// <param name="source">Which images, or null.</param>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    public static FeatureStatistics Of(string network, Tensor features, string? source = null)
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
            network, features.shape[0], mean.data<double>().ToArray(), (double[,])covariance.data<double>().ToNDArray(), source);
    }

    /// <summary>Computes the statistics of images, batch by batch.</summary>
    /// <param name="network">The feature network.</param>
    /// <param name="batches">Images <c>[N,C,H,W]</c> in pixel space, [0,1], two or more together.</param>
    /// <param name="source">Which images, or null.</param>
    /// <exception cref="CertiPureException">A value lies outside [0,1], or there are fewer than two images.</exception>
    public static FeatureStatistics Of(FeatureNetwork network, IEnumerable<ImageBatch> batches, string? source = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batches);
        using DisposeScope scope = NewDisposeScope();
        var features = new List<Tensor>();
        foreach (ImageBatch batch in batches)
        {
            using DisposeScope step = NewDisposeScope();
            features.Add(network.Features(PixelTensor.Upload(batch, CPU)).MoveToOuterDisposeScope());
        }

        return features.Sum(rows => rows.shape[0]) >= 2
            ? Of(network.Name, cat(features, 0), source)
            : throw new CertiPureException("A Fréchet distance compares sets of two images or more; name more images.", ErrorReason.InvalidArgument);
    }
}
