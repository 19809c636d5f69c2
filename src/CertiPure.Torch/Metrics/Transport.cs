using System.Numerics.Tensors;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// How far purification carries images at one noise level, in pixel space, where sigma and radii live too. The paper's exact
/// definition is unknown, so this is the project's: T = E ||D(y) - x||_2, the cost of the coupling that pairs every purified
/// image with its own clean one.
/// </summary>
/// <param name="Sigma">The noise level in pixel space.</param>
/// <param name="ImageDistances">T(x) for each image: the mean over draws of ||D(y) - x||_2.</param>
/// <param name="Draws">The number of draws of each image.</param>
/// <param name="Assigned">The number of images, the first ones, that the exact distances are over.</param>
/// <param name="Wasserstein1">The exact W1 between those images and their first draws' purified ones: at most the mean over
/// those pairs, because some other pairing may be cheaper.</param>
/// <param name="Wasserstein2">The exact W2 between the same two sets.</param>
public sealed record Transport(
    double Sigma, IReadOnlyList<double> ImageDistances, int Draws, int Assigned, double Wasserstein1, double Wasserstein2)
{
    /// <summary>T, the mean over images and draws: an upper bound on W1.</summary>
    public double MeanDistance => ImageDistances.Average();

    /// <summary>Measures a purifier.</summary>
    /// <param name="purifier">The purifier.</param>
    /// <param name="images">The images, all of the purifier's shape.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="draws">The number of noise draws of each image, at least 1.</param>
    /// <param name="noise">The source of noise; draws are of the phase for metrics, which certifies nothing.</param>
    /// <param name="batchSize">The number of images purified at once.</param>
    /// <param name="assigned">How many of the images the exact assignment takes, which costs the cube of their number; null for
    /// all.</param>
    /// <exception cref="ArgumentException">There are no images, or no draws.</exception>
    public static Transport Measure(
        IPurifier purifier,
        IReadOnlyList<LabeledImage> images,
        double sigma,
        int draws,
        NoiseSource noise,
        int batchSize = 64,
        int? assigned = null)
    {
        ArgumentNullException.ThrowIfNull(purifier);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (images.Count == 0)
        {
            throw new ArgumentException("There are no images to measure transport on.", nameof(images));
        }

        int subset = Math.Min(assigned ?? images.Count, images.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(subset, nameof(assigned));
        float[][] clean = [.. images.Select(image => image.ToPixels())];
        var firstDraws = new float[subset][];
        var distances = new double[images.Count];
        foreach ((int Image, int Draw)[] chunk in
            Enumerable.Range(0, draws).SelectMany(draw => Enumerable.Range(0, images.Count).Select(i => (i, draw))).Chunk(batchSize))
        {
            var noisy = new ImageBatch(images[0].Shape, chunk.Length);
            for (int i = 0; i < chunk.Length; i++)
            {
                (int image, int draw) = chunk[i];
                noise.AddNoise(clean[image], images[image].Id, NoisePhase.Display, draw, sigma, noisy[i]);
            }

            ImageBatch purified = purifier.Purify(noisy, sigma);
            for (int i = 0; i < chunk.Length; i++)
            {
                (int image, int draw) = chunk[i];
                distances[image] += Wasserstein.Distance(purified[i], clean[image]) / draws;
                if (draw == 0 && image < subset)
                {
                    firstDraws[image] = purified[i].ToArray();
                }
            }
        }

        float[][] first = clean[..subset];
        return new Transport(
            sigma,
            distances,
            draws,
            subset,
            Wasserstein.Between(firstDraws, first, order: 1),
            Wasserstein.Between(firstDraws, first, order: 2));
    }

    /// <summary>
    /// A lower bound, for one image, of the probability that purification keeps the class, by Markov's inequality: if the
    /// classifier is right on the ball of radius rho around x, P[right after purification] >= 1 - T(x) / rho.
    /// </summary>
    /// <param name="imageDistance">T(x), in pixel space, at least 0.</param>
    /// <param name="radius">rho, in pixel space, above 0.</param>
    /// <returns>0 to 1; 0 says nothing.</returns>
    public static double MarkovBound(double imageDistance, double radius)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageDistance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(radius);
        return Math.Max(0, 1 - (imageDistance / radius));
    }
}

/// <summary>Exact Wasserstein distances between two sets of as many images, over the Euclidean distance.</summary>
public static class Wasserstein
{
    /// <summary>||a - b||_2.</summary>
    /// <param name="a">The pixels of one image.</param>
    /// <param name="b">The pixels of another.</param>
    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => TensorPrimitives.Distance(a, b);

    /// <summary>The smallest (mean of ||a_i - b_j||^p)^(1/p) over all pairings of the two sets.</summary>
    /// <param name="first">The pixels of each image of one set.</param>
    /// <param name="second">The pixels of each image of the other.</param>
    /// <param name="order">p, at least 1.</param>
    /// <exception cref="ArgumentException">The sets differ in number, or are empty.</exception>
    public static double Between(IReadOnlyList<float[]> first, IReadOnlyList<float[]> second, int order)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"Sets of {first.Count} and {second.Count} images have no pairing.", nameof(second));
        }

        var cost = new double[first.Count, first.Count];
        for (int i = 0; i < first.Count; i++)
        {
            for (int j = 0; j < first.Count; j++)
            {
                cost[i, j] = Math.Pow(Distance(first[i], second[j]), order);
            }
        }

        int[] pairing = OptimalAssignment.Solve(cost);
        double mean = pairing.Select((column, row) => cost[row, column]).Average();
        return Math.Pow(mean, 1.0 / order);
    }
}
