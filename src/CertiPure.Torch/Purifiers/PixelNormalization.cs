namespace CertiPure.Torch.Purifiers;

/// <summary>What a classifier does to pixels first: (x - mean) / deviation, per channel.</summary>
/// <param name="Mean">One value per channel, in pixel space.</param>
/// <param name="Deviation">One value above 0 per channel.</param>
public sealed record PixelNormalization(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>The usual statistics of ImageNet, which many CIFAR-10 classifiers use too.</summary>
    public static PixelNormalization ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
}
