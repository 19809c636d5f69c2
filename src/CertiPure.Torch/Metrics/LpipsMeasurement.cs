using System.Globalization;
using CertiPure.Images;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>LPIPS over pairs of images.</summary>
/// <param name="Network">The network, with the first digits of its weights' SHA-256; numbers of different networks cannot be
/// compared.</param>
/// <param name="Distances">The distance of each pair, in order.</param>
public sealed record LpipsMeasurement(string Network, IReadOnlyList<double> Distances)
{
    /// <summary>The mean over the pairs.</summary>
    public double Mean => Distances.Average();

    /// <summary>Measures pairs, batch by batch.</summary>
    /// <param name="lpips">The distance.</param>
    /// <param name="network">What to call it.</param>
    /// <param name="first">Images <c>[N,C,H,W]</c> in pixel space, [0,1]; grey ones are compared as three equal channels.</param>
    /// <param name="second">As many images of the same shape, in batches of the same sizes.</param>
    /// <exception cref="CertiPureException">A value lies outside [0,1], or the sets differ in shape or number.</exception>
    public static LpipsMeasurement Of(
        Lpips lpips, string network, IEnumerable<ImageBatch> first, IEnumerable<ImageBatch> second)
    {
        ArgumentNullException.ThrowIfNull(lpips);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var distances = new List<double>();
        using IEnumerator<ImageBatch> others = second.GetEnumerator();
        foreach (ImageBatch batch in first)
        {
            if (!others.MoveNext() || others.Current.Shape != batch.Shape || others.Current.Count != batch.Count)
            {
                throw Unlike();
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor distance = lpips.Distance(Prepare(batch), Prepare(others.Current));
            distances.AddRange(PixelTensor.Download(distance).Select(value => (double)value));
        }

        return others.MoveNext() || distances.Count == 0 ? throw Unlike() : new LpipsMeasurement(network, distances);
    }

    /// <summary>The mean with all that it depends on.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"LPIPS {Mean:0.####} ({Network}; {Distances.Count:N0} pairs)");

    private static Tensor Prepare(ImageBatch batch)
    {
        Tensor images = NetworkSpace.FromPixels(PixelTensor.Upload(batch, CPU));
        return batch.Shape.Channels == 1 ? images.expand(-1, 3, -1, -1) : images;
    }

    private static CertiPureException Unlike() => new(
        "LPIPS compares two sets image by image: name two that have as many images, of one shape.", ErrorReason.InvalidArgument);
}
