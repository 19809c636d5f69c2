using System.Globalization;
using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>A certificate in plain words.</summary>
internal static class CertificateWords
{
    public static string Claim(CertificateDocument document)
    {
        double alpha = document.Experiment.Alpha;
        Certificate certificate = document.Certificate;
        return certificate.Predicted is null
            ? "The votes do not set any class apart from all others, so nothing is claimed."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"No change of L2 norm below {Floor(certificate.Radius)} alters this answer. The chance that this guarantee is false is at "
                + $"most {Chance(alpha)}; whether the answer is right is another question.");
    }

    /// <summary>What the votes prove of the classes' probabilities, from which the radius follows.</summary>
    public static string Bounds(CertificateDocument document)
    {
        Certificate certificate = document.Certificate;
        double upper = certificate.UpperBound ?? BinomialBound.UpperOfOthers([], certificate.LowerBound);
        return CertificateText.Bounds(certificate.LowerBound, upper, document.Experiment.Alpha);
    }

    /// <summary>What a radius means.</summary>
    /// <param name="radius">The L2 radius in pixel space.</param>
    /// <param name="values">The values of the image.</param>
    public static string Meaning(double radius, int values)
    {
        double perPixel = PerValue(radius, values);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"It could be spread over every pixel, each changed by at most {Digits(255 * perPixel)} of 255 grey levels"
            + $"{(255 * perPixel < 1 ? " (less than one)" : "")}, or gathered in a few pixels, or anything in between.");
    }

    /// <summary>What an eye makes of a picture's largest change of one value: below 4 of 255 grey levels two neighbouring greys are
    /// hardly told apart, from 16 levels on everybody tells them apart.</summary>
    /// <param name="levels">The largest change, in grey levels.</param>
    public static string Visibility(int levels) => levels switch
    {
        < 4 => "too small to see",
        < 16 => "hard to see",
        _ => "visible",
    };

    /// <summary>The change of every value that together has the radius' L2 norm.</summary>
    public static double PerValue(double radius, int values) => radius / Math.Sqrt(values);

    /// <summary>A probability as people say it: 1 in 1,000.</summary>
    private static string Chance(double alpha) =>
        Math.Abs((1 / alpha) - Math.Round(1 / alpha)) < 1e-6
            ? string.Create(CultureInfo.InvariantCulture, $"1 in {Math.Round(1 / alpha):N0}")
            : alpha.ToString(CultureInfo.InvariantCulture);

    /// <summary>Two digits that count, so that a small change is never written as none.</summary>
    private static string Digits(double value) =>
        value <= 0 ? "0" : Floor(value, Math.Max(0, 1 - (int)Math.Floor(Math.Log10(value))));

    /// <summary>Cut off, never rounded up: the claim holds for less, not for more.</summary>
    private static string Floor(double value, int digits = 3)
    {
        double scale = Math.Pow(10, digits);
        return (Math.Floor(value * scale) / scale).ToString("0.########", CultureInfo.InvariantCulture);
    }
}
