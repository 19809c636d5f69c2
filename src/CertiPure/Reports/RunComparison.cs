using System.Globalization;

namespace CertiPure.Reports;

/// <summary>Two runs over the same images, compared image by image: what separate intervals of two columns cannot show.</summary>
/// <param name="First">The run compared.</param>
/// <param name="Second">The run it is compared with.</param>
/// <param name="Images">The images that both certified.</param>
/// <param name="Radii">One comparison per radius, ascending.</param>
public sealed record RunComparison(CertifiedRun First, CertifiedRun Second, int Images, IReadOnlyList<PairedComparison> Radii)
{
    /// <summary>Compares two runs on the images they share.</summary>
    /// <param name="first">The run compared.</param>
    /// <param name="second">The run it is compared with.</param>
    /// <param name="radii">The radii in pixel space; <see cref="CertifiedAccuracy.DefaultRadii"/> by default.</param>
    /// <exception cref="CertiPureException">The runs share no image, or give one another label or other pixels.</exception>
    public static RunComparison Of(CertifiedRun first, CertifiedRun second, IReadOnlyList<double>? radii = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Experiment is { } a && second.Experiment is { } b
            && a.DifferencesFrom(b).FirstOrDefault(difference => difference.Field == "data.pixelSha256") is { } pixels)
        {
            throw new CertiPureException(
                $"{first.Name} and {second.Name} certified different images ({a.Data.Name} and {b.Data.Name}: {pixels}), so they cannot be "
                + "compared pair by pair.",
                ErrorReason.Refused);
        }

        var others = second.Images.ToDictionary(image => image.Id);
        (CertifiedImage First, CertifiedImage Second)[] pairs =
        [
            .. first.Images.Where(image => others.ContainsKey(image.Id)).Select(image => (image, others[image.Id])),
        ];
        if (pairs.Length == 0)
        {
            throw new CertiPureException(
                $"{first.Name} and {second.Name} have no image in common, so they cannot be compared pair by pair.", ErrorReason.Refused);
        }

        if (pairs.FirstOrDefault(pair => pair.First.Label != pair.Second.Label) is { First: { } image })
        {
            throw new CertiPureException(
                $"{first.Name} and {second.Name} disagree on the label of image {image.Id}, so they are not over the same data.",
                ErrorReason.Refused);
        }

        return new RunComparison(
            first,
            second,
            pairs.Length,
            [.. (radii ?? CertifiedAccuracy.DefaultRadii).Distinct().Order().Select(radius => new PairedComparison(
                radius,
                pairs.Count(pair => pair.First.IsCertifiedAt(radius) && pair.Second.IsCertifiedAt(radius)),
                pairs.Count(pair => pair.First.IsCertifiedAt(radius) && !pair.Second.IsCertifiedAt(radius)),
                pairs.Count(pair => !pair.First.IsCertifiedAt(radius) && pair.Second.IsCertifiedAt(radius)),
                pairs.Length))]);
    }

    /// <summary>The comparison as a table: one row per radius.</summary>
    public ReportTable ToTable() => new(
        "comparison",
        $"{First.Name} against {Second.Name}",
        [
            new ReportColumn("radius", "radius", IsNumeric: false),
            new ReportColumn("first", First.Name),
            new ReportColumn("second", Second.Name),
            new ReportColumn("difference", "difference", HasInterval: true),
            new ReportColumn("onlyFirst", $"only {First.Name}"),
            new ReportColumn("onlySecond", $"only {Second.Name}"),
            new ReportColumn("pValue", "p (McNemar)"),
        ],
        [.. Radii.Select(comparison => (IReadOnlyList<ReportCell>)
        [
            ReportCell.Number(comparison.Radius, "0.00##"),
            ReportCell.Percent(comparison.FirstShare),
            ReportCell.Percent(comparison.SecondShare),
            new ReportCell(
                (100 * comparison.Difference).ToString("+0.0;\u22120.0;0.0", CultureInfo.InvariantCulture),
                comparison.Difference,
                comparison.Interval.Lower,
                comparison.Interval.Upper),
            ReportCell.Number(comparison.OnlyFirst, "0"),
            ReportCell.Number(comparison.OnlySecond, "0"),
            new ReportCell(
                comparison.PValue < 0.0001 ? "< 0.0001" : comparison.PValue.ToString("0.0000", CultureInfo.InvariantCulture),
                comparison.PValue),
        ])],
        [
            $"Paired over {Images} images; certified accuracy in percent and its difference in percentage points, with Tango's 95 % score "
                + "interval; p is McNemar's exact two-sided test of the images that only one of the two certified.",
        ]);
}
