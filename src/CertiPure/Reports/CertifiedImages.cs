using System.Globalization;

namespace CertiPure.Reports;

/// <summary>What a run says of its images one by one, whether their true classes are known or not.</summary>
public static class CertifiedImages
{
    /// <summary>A run in one sentence for somebody who does not know the field.</summary>
    /// <param name="run">The run, with an image at least.</param>
    /// <param name="radius">The radius in pixel space that the sentence is about, above 0.</param>
    public static string Sentence(CertifiedRun run, double radius)
    {
        ArgumentNullException.ThrowIfNull(run);
        int count = run.Images.Count, abstained = run.Images.Count(image => image.Predicted is null);
        if (run.Images.All(image => image.Label is not null))
        {
            string clean = run.Manifest?.CleanImages is { Labeled: > 0 } answers
                ? string.Create(CultureInfo.InvariantCulture, $"; without noise the classifier is right on {answers.Right} of {answers.Labeled}")
                : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"On {run.Images.Count(image => image.IsCertifiedAt(radius))} of {count} images the answer is right and no change of L2 norm below {radius} alters it; under noise it is right on {run.Images.Count(image => image.IsCorrect)}{clean}.");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"On {run.Images.Count(image => image.Predicted is not null && image.Radius >= radius)} of {count} images no change of L2 norm below {radius} alters the answer; {abstained} {(abstained == 1 ? "image" : "images")} got none. Whether the answers are right is not known, since the images have no labels.");
    }

    /// <summary>How many images have at least each radius.</summary>
    /// <param name="run">The run.</param>
    /// <param name="radii">The radii in pixel space.</param>
    public static ReportTable Radii(CertifiedRun run, IReadOnlyList<double> radii)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(radii);
        double[] thresholds = [.. radii.Distinct().Order()];
        return new ReportTable(
            "radii",
            $"Certified radii of {run.Name}",
            [new ReportColumn("radius", "radius"), new ReportColumn("images", "images"), new ReportColumn("share", "%")],
            [
                .. thresholds.Select(radius =>
                {
                    int images = run.Images.Count(image => image.Predicted is not null && image.Radius >= radius);
                    return (IReadOnlyList<ReportCell>)
                    [
                        ReportCell.Number(radius, "0.00"), ReportCell.Number(images, "0"),
                        ReportCell.Percent((double)images / Math.Max(1, run.Images.Count)),
                    ];
                }),
            ],
            ["Images whose answer no change of an L2 norm below the radius alters, in pixel space [0,1]; radius 0: every image with an answer."]);
    }

    /// <summary>Every image: its file, its class, its radius.</summary>
    /// <param name="run">The run.</param>
    public static ReportTable Table(CertifiedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        IReadOnlyList<string> names = run.Manifest?.ClassNames ?? [];
        bool hasFiles = run.Images.Any(image => image.File is not null), hasLabels = run.Images.Any(image => image.Label is not null);
        ReportColumn[] columns =
        [
            new("id", "id"), .. hasFiles ? (ReportColumn[])[new("file", "file", IsNumeric: false)] : [],
            .. hasLabels ? (ReportColumn[])[new("label", "true class", IsNumeric: false)] : [],
            new("predicted", "class", IsNumeric: false), new("radius", "radius"),
        ];
        return new ReportTable(
            "images",
            $"Images of {run.Name}",
            columns,
            [
                .. run.Images.Select(image => (IReadOnlyList<ReportCell>)
                [
                    ReportCell.Number(image.Id, "0"),
                    .. hasFiles ? (ReportCell[])[new ReportCell(image.File ?? "")] : [],
                    .. hasLabels ? (ReportCell[])[Named(image.Label, "")] : [],
                    Named(image.Predicted, "no answer"),
                    ReportCell.Number(Math.Floor(image.Radius * 1000) / 1000, "0.000"),
                ]),
            ],
            []);

        ReportCell Named(int? label, string without) => new(
            label is not { } known ? without : known < names.Count ? names[known] : known.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>What reports need of one certified image, whatever log it comes from.</summary>
/// <param name="Id">The position in the data set.</param>
/// <param name="Label">The true class, or null where it is unknown.</param>
/// <param name="Predicted">The certified class, or null for an abstention.</param>
/// <param name="Radius">The certified L2 radius in pixel space.</param>
/// <param name="Draws">Selection and estimation draws, or null where the log does not say.</param>
/// <param name="Seconds">Time from the image's first draw to its certificate.</param>
public sealed record CertifiedImage(int Id, int? Label, int? Predicted, double Radius, int? Draws, double Seconds)
{
    /// <summary>The class that the selection draws chose, certified or not; null where the log does not say.</summary>
    public int? Selected { get; init; }

    /// <summary>That class's share of the estimation draws; null where the log does not say.</summary>
    public double? SelectedShare { get; init; }

    /// <summary>The lower bound of that class's probability; null where the log does not say.</summary>
    public double? LowerBound { get; init; }

    /// <summary>The upper bound of every other class's probability; null where the log does not say.</summary>
    public double? UpperBound { get; init; }

    /// <summary>The votes of all classes at the last look; null where the log does not say.</summary>
    public IReadOnlyList<int>? Votes { get; init; }

    /// <summary>The image's file below the data's folder, or null.</summary>
    public string? File { get; init; }

    /// <summary>Whether the certified class is the true one.</summary>
    public bool IsCorrect => Predicted is not null && Predicted == Label;

    /// <summary>Whether the image counts as certified at a radius: right, and with at least that radius. An abstention is
    /// wrong.</summary>
    /// <param name="radius">The radius in pixel space; 0 asks for clean accuracy.</param>
    public bool IsCertifiedAt(double radius) => IsCorrect && Radius >= radius;
}
