using System.Globalization;
using CertiPure.Imaging;
using CertiPure.Reports;
using CertiPure.Torch.Metrics;

namespace CertiPure.Recipes.Reproduce;

/// <summary>What a reproduction measures beside certificates, as tables and plots: Fréchet distances, transport, the speed of the
/// ImageNet-64 network.</summary>
internal sealed class MeasurementTables
{
    private const int WeightsDigits = 12;

    private static readonly double[] MarkovRadii = [1, 2, 4];

    private readonly Reproduction _reproduction;
    private readonly ReproductionTables _tables;

    public MeasurementTables(Reproduction reproduction, ReproductionTables tables)
    {
        _reproduction = reproduction;
        _tables = tables;
    }

    // All distances of a report have one feature network.
    private string? FeatureNetwork =>
        _reproduction.Frechets.Values.SelectMany(step => step.Results.Values).FirstOrDefault()?.Network;

    private bool IsInception => FeatureNetwork?.StartsWith("Inception", StringComparison.Ordinal) == true;

    /// <summary>The distance between clean and purified images for each loss of fine-tuning and noise level.</summary>
    public ReportTable Frechet() => new(
        "frechet",
        "Fréchet distance between purified and clean test images",
        [
            new ReportColumn("loss", "loss", IsNumeric: false),
            new ReportColumn("sigma", "\u03c3"),
            new ReportColumn("value", IsInception ? "FID" : "Fréchet distance"),
            new ReportColumn("images", "images"),
            new ReportColumn("network", "feature network", IsNumeric: false),
            new ReportColumn("remark", "remark", IsNumeric: false),
        ],
        [.. _reproduction.Matrix.Losses.Rows.SelectMany(FrechetRows)],
        IsInception
            ? ["FID in pytorch-fid's protocol, one draw of noise per image, purified pixels clipped to [0,1]."]
            :
            [
                "No FID: the features are those of the network named in each row, so the numbers compare with one another and with "
                    + "nothing else. One draw of noise per image, purified pixels clipped to [0,1].",
            ]);

    /// <summary>The same against the noise level; null where nothing was measured.</summary>
    public LevelPlot? FrechetPlot()
    {
        if (FeatureNetwork is not { } network)
        {
            return null;
        }

        // The name's end, its weights' hash, is what fits an axis.
        string weights = network[^WeightsDigits..];
        return new LevelPlot(
            IsInception ? $"FID ({weights})" : $"Fréchet distance (classifier {weights})",
            [
                .. _reproduction.Frechets.Select(pair => new LevelSeries(
                    pair.Key, [.. pair.Value.Results.OrderBy(one => one.Key).Select(one => (one.Key, one.Value.Value))])),
            ],
            "Fréchet distance by loss",
            "frechet");
    }

    /// <summary>Each method's transport at each noise level, with Wasserstein distances and Markov's bound.</summary>
    public ReportTable Transports()
    {
        ReproductionScale scale = _reproduction.Options.Scale;
        int images = scale.TransportImages.Resolve(_reproduction.Images.Count).Count;
        return new ReportTable(
            "transport",
            "Transport against the noise level",
            [
                new ReportColumn("method", "method", IsNumeric: false),
                new ReportColumn("sigma", "\u03c3"),
                new ReportColumn("transport", "T"),
                new ReportColumn("wasserstein1", "W1"),
                new ReportColumn("wasserstein2", "W2"),
                .. MarkovRadii.Select(radius => new ReportColumn(
                    string.Create(CultureInfo.InvariantCulture, $"markov{radius}"),
                    string.Create(CultureInfo.InvariantCulture, $"bound at \u03c1 = {radius}"))),
                new ReportColumn("remark", "remark", IsNumeric: false),
            ],
            [.. _reproduction.Matrix.Transports.SelectMany(transport => TransportRows(transport.Name, transport.Weights))],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"T = E||D(x + noise) - x||, the mean over {images} images and {scale.TransportDraws} draws each, in pixel space: every "
                    + $"purified image is paired with its own clean one, so T bounds W1 from above. W1 and W2 are exact, by optimal "
                    + $"assignment over the first {Math.Min(images, scale.AssignedImages)} images and their first draws, whose own T may differ from "
                    + $"the column's."),
                "Bound: the mean over images of max(0, 1 - T(x) / \u03c1). By Markov's inequality, if the classifier is right on the ball "
                    + "of radius \u03c1 around x, it is right after purification with at least that probability; nobody knows \u03c1, and where "
                    + "it is no larger than T(x) the bound says nothing.",
            ]);
    }

    /// <summary>T against the noise level; null where nothing was measured.</summary>
    public LevelPlot? TransportPlot() => _reproduction.Transports.Count == 0
        ? null
        : new LevelPlot(
            "transport E||D(x + noise) \u2212 x||",
            [
                .. _reproduction.Transports.Select(transport => new LevelSeries(
                    transport.Name, [.. transport.Step.Results.Select(one => (one.Sigma, one.MeanDistance))])),
            ],
            "Transport against the noise level",
            "transport");

    /// <summary>The ImageNet-64 network, of which there is nothing but its speed.</summary>
    public ReportTable Speed()
    {
        NetworkSpeed? speed = _reproduction.Speed.Result;
        return new ReportTable(
            "imagenet64",
            "ImageNet-64: the network's size and speed on this machine",
            [
                new ReportColumn("network", "network", IsNumeric: false),
                new ReportColumn("parameters", "million parameters"),
                new ReportColumn("imagesPerSecond", "images/s"),
                new ReportColumn("remark", "remark", IsNumeric: false),
            ],
            [
                [
                    new ReportCell(speed?.Network ?? "OpenAI's UNet of consistency models"),
                    ReportCell.Number(speed?.Parameters / 1e6, "0.0"),
                    ReportCell.Number(speed?.ImagesPerSecond, "0.00"),
                    new ReportCell(
                        $"no certified accuracy: the data and the weights are not bundled ({ReproductionCommands.Get("cd-lpips-imagenet64")}), and the "
                        + "published networks are conditioned on the class, which a purifier must not be told"),
                ],
            ],
            ["One image at a time, fresh weights, fp32."]);
    }

    private IEnumerable<IReadOnlyList<ReportCell>> FrechetRows(MatrixRow row)
    {
        if (!_reproduction.Frechets.TryGetValue(row.Name, out FrechetStep? step))
        {
            string weights = _tables.Absence(row);
            string absence = weights.Length > 0 ? weights : "absent: " + FrechetStep.Missing(_reproduction.Options);
            return [[new ReportCell(row.Name), .. Enumerable.Repeat(ReportCell.Empty, 4), new ReportCell(absence)]];
        }

        return step.Results.OrderBy(pair => pair.Key).Select(pair => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(row.Name),
            ReportCell.Number(pair.Key, "0.00##"),
            ReportCell.Number(pair.Value.Value, "0.###"),
            ReportCell.Number(pair.Value.FirstCount, "0"),
            new ReportCell(pair.Value.Network),
            ReportCell.Empty,
        ]);
    }

    private IEnumerable<IReadOnlyList<ReportCell>> TransportRows(string name, string role)
    {
        if (_reproduction.Transports.FirstOrDefault(transport => transport.Name == name).Step is not { } step)
        {
            return
            [
                [
                    new ReportCell(name),
                    .. Enumerable.Repeat(ReportCell.Empty, 4 + MarkovRadii.Length),
                    new ReportCell("absent: " + _reproduction.Options.Weights.Advice(role)),
                ],
            ];
        }

        return step.Results.Select(one => (IReadOnlyList<ReportCell>)
        [
            new ReportCell(name),
            ReportCell.Number(one.Sigma, "0.00##"),
            ReportCell.Number(one.MeanDistance, "0.000"),
            ReportCell.Number(one.Wasserstein1, "0.000"),
            ReportCell.Number(one.Wasserstein2, "0.000"),
            .. MarkovRadii.Select(radius => ReportCell.Number(
                one.ImageDistances.Average(distance => Transport.MarkovBound(distance, radius)), "0.000")),
            ReportCell.Empty,
        ]);
    }
}
