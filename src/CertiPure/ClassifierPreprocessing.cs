using System.Globalization;
using System.Text.Json.Serialization;
using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// What happens to an image in pixel space before a classifier's network sees it, in this order: it is resized, its channels are put in
/// the network's order, its values go from [0,1] to the network's range, and each channel is normalised. All of it comes after the noise
/// and the purifier, so it belongs to the base classifier and leaves certificates valid.
/// </summary>
public sealed record ClassifierPreprocessing
{
    /// <summary>Nothing at all.</summary>
    public static ClassifierPreprocessing None { get; } = new();

    /// <summary>The side of the square that the network takes; null for the images' own size.</summary>
    public int? Size { get; init; }

    /// <summary>How images are resized to it, with antialiasing.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Whether the network takes blue, green and red in this order.</summary>
    public bool IsBgr { get; init; }

    /// <summary>What the network expects for black.</summary>
    public double Low { get; init; }

    /// <summary>What the network expects for white, above <see cref="Low"/>.</summary>
    public double High { get; init; } = 1;

    /// <summary>What is subtracted then, one number or one per channel in the network's order and range; none for 0.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>What the difference is divided by, one number or one per channel; none for 1.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = [];

    /// <summary>Whether images stay as they are.</summary>
    [JsonIgnore]
    public bool IsNone => Size is null && !IsBgr && Low == 0 && High == 1 && Mean.Count == 0 && Deviation.Count == 0;

    /// <summary>The shape that the network takes for images of a shape.</summary>
    /// <param name="shape">The images' shape.</param>
    public ImageShape NetworkShape(ImageShape shape) => Size is { } side ? shape with { Height = side, Width = side } : shape;

    /// <summary>The factor and the summand of each channel, in the network's order: value * factor + summand.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <exception cref="CertiPureException">The numbers do not fit the channels, or are impossible.</exception>
    public (float[] Factors, float[] Summands) Affine(int channels)
    {
        Validate(channels);
        var factors = new float[channels];
        var summands = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double mean = Of(Mean, channel, 0), deviation = Of(Deviation, channel, 1);
            factors[channel] = (float)((High - Low) / deviation);
            summands[channel] = (float)((Low - mean) / deviation);
        }

        return (factors, summands);
    }

    /// <summary>The steps in words, such as <c>resized to 224x224 bilinear, BGR, 0..255, mean 104,117,123</c>.</summary>
    public override string ToString()
    {
        var steps = new List<string>();
        if (Size is { } side)
        {
            steps.Add($"resized to {side}x{side} {(Interpolation == Interpolation.Bicubic ? "bicubic" : "bilinear")}");
        }

        if (IsBgr)
        {
            steps.Add("BGR");
        }

        if (Low != 0 || High != 1)
        {
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"{Low}..{High}"));
        }

        if (Mean.Count > 0)
        {
            steps.Add("mean " + Words(Mean));
        }

        if (Deviation.Count > 0)
        {
            steps.Add("std " + Words(Deviation));
        }

        return steps.Count == 0 ? "pixels in [0,1]" : string.Join(", ", steps);
    }

    private static string Words(IReadOnlyList<double> values) =>
        string.Join(",", values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static double Of(IReadOnlyList<double> values, int channel, double usual) =>
        values.Count == 0 ? usual : values.Count == 1 ? values[0] : values[channel];

    private void Validate(int channels)
    {
        foreach ((string name, IReadOnlyList<double> values) in (ReadOnlySpan<(string, IReadOnlyList<double>)>)[("mean", Mean), ("standard deviation", Deviation)])
        {
            if (values.Count > 1 && values.Count != channels)
            {
                throw new CertiPureException(
                    $"The {name} has {values.Count} numbers and the images have {channels} channel{(channels == 1 ? "" : "s")}; give one number or "
                    + "one per channel.",
                    ErrorReason.InvalidArgument);
            }
        }

        if (Mean.Any(value => !double.IsFinite(value)) || Deviation.Any(value => !(value > 0) || !double.IsFinite(value)))
        {
            throw new CertiPureException("A mean must be finite, and a standard deviation finite and above 0.", ErrorReason.InvalidArgument);
        }

        if (!(Low < High) || !double.IsFinite(Low) || !double.IsFinite(High))
        {
            throw new CertiPureException(
                string.Create(CultureInfo.InvariantCulture, $"The input range {Low}..{High} is not one; give black's value first and white's, which is higher."),
                ErrorReason.InvalidArgument);
        }

        if (Size is < 1 or > 4096)
        {
            throw new CertiPureException($"A classifier's size of {Size} pixels is not possible; choose from 1 to 4096.", ErrorReason.InvalidArgument);
        }

        if (IsBgr && channels != 3)
        {
            throw new CertiPureException("Blue, green and red need three channels, and these images are grey.", ErrorReason.InvalidArgument);
        }
    }
}
