using CertiPure.Smoothing;

namespace CertiPure.Reports;

/// <summary>
/// The summary of one run: certified accuracy per radius (the share of images with the right class and at least that
/// radius; an abstention is wrong), and what it cost.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Cells">One cell per radius, ascending.</param>
/// <param name="Abstention">The share of images on which the smoothed classifier abstained.</param>
/// <param name="AverageRadius">Average certified radius: the mean over all images of the radius where right, else 0.</param>
/// <param name="DrawsPerImage">Mean draws per image, or null where the log does not say.</param>
/// <param name="SecondsPerImage">Mean seconds from an image's first draw to its certificate.</param>
public sealed record CertifiedAccuracy(
    CertifiedRun Run,
    IReadOnlyList<AccuracyCell> Cells,
    Proportion Abstention,
    double AverageRadius,
    double? DrawsPerImage,
    double SecondsPerImage)
{
    /// <summary>The radii of the paper's tables.</summary>
    public static IReadOnlyList<double> DefaultRadii { get; } = [0, 0.25, 0.5, 0.75, 1.0];

    /// <summary>Summarises a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="radii">The radii in pixel space; <see cref="DefaultRadii"/> by default.</param>
    /// <exception cref="CertiPureException">The run has no image yet, or images without labels.</exception>
    public static CertifiedAccuracy Of(CertifiedRun run, IReadOnlyList<double>? radii = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        IReadOnlyList<CertifiedImage> images = run.Images;
        if (images.Count == 0)
        {
            throw new CertiPureException($"The run {run.Name} holds no certificate yet; certify first.");
        }

        if (images.FirstOrDefault(image => image.Label is null) is CertifiedImage unlabeled)
        {
            throw new CertiPureException(
                $"Image {unlabeled.Id} of the run {run.Name} has no label, so the run has no accuracy; report runs over labelled "
                + "images.");
        }

        return new CertifiedAccuracy(
            run,
            [.. (radii ?? DefaultRadii).Distinct().Order().Select(radius => Cell(run, radius))],
            new Proportion(images.Count(image => image.Predicted is null), images.Count),
            images.Average(image => image.IsCorrect ? image.Radius : 0),
            images.All(image => image.Draws is not null) ? images.Average(image => image.Draws!.Value) : null,
            images.Average(image => image.Seconds));
    }

    private static AccuracyCell Cell(CertifiedRun run, double radius) => new(
        radius,
        new Proportion(run.Images.Count(image => image.IsCertifiedAt(radius)), run.Images.Count),
        run.HasPrintedRadii && radius > 0
            ? [.. run.Images.Where(image => image.IsCorrect && image.Radius == radius).Select(image => image.Id)]
            : []);
}

/// <summary>Certified accuracy at one radius.</summary>
/// <param name="Radius">The radius in pixel space; 0 is clean accuracy.</param>
/// <param name="Accuracy">The share of images that are right with at least that radius.</param>
/// <param name="OnRadius">Ids of counted images whose PRINTED radius is exactly this one: the true radius may be smaller,
/// because printing may have rounded up. Empty for radii derived from counts.</param>
public sealed record AccuracyCell(double Radius, Proportion Accuracy, IReadOnlyList<int> OnRadius);

/// <summary>A share of images with its 95 % Clopper-Pearson interval.</summary>
/// <param name="Count">Images that count.</param>
/// <param name="Total">All images, at least 1.</param>
public sealed record Proportion(int Count, int Total)
{
    /// <summary>The confidence of the interval.</summary>
    public const double Confidence = 0.95;

    private readonly Lazy<(double Lower, double Upper)> _interval =
        new(() => BinomialBound.Interval(Count, Total, Confidence));

    /// <summary>The share, 0 to 1.</summary>
    public double Value => (double)Count / Total;

    /// <summary>The interval's lower end.</summary>
    public double Lower => _interval.Value.Lower;

    /// <summary>The interval's upper end.</summary>
    public double Upper => _interval.Value.Upper;
}
