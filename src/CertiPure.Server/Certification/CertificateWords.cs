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
        double upper = certificate.UpperBound ?? BinomialBound.UpperOfOthers([], certificate.LowerBound);
        string bounds = CertificateText.Bounds(certificate.LowerBound, upper, alpha);
        return certificate.Predicted is null
            ? bounds
            : string.Create(
                CultureInfo.InvariantCulture,
                $"No change of L2 norm below {Floor(certificate.Radius)} alters this answer; wrong with probability at most {alpha}. {bounds}");
    }

    public static string Meaning(CertificateDocument document)
    {
        double perPixel = PerValue(document);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"It could be spread over every pixel, each changed by {Floor(perPixel)} at most ({Floor(255 * perPixel, 1)} of 255 grey "
            + $"levels), or gathered in a few pixels, or anything in between.");
    }

    /// <summary>The change of every value that together has the radius' L2 norm.</summary>
    public static double PerValue(CertificateDocument document) =>
        document.Certificate.Radius / Math.Sqrt(document.Experiment.Data.Shape.Length);

    /// <summary>Cut off, never rounded up: the claim holds for less, not for more.</summary>
    private static string Floor(double value, int digits = 3)
    {
        double scale = Math.Pow(10, digits);
        return (Math.Floor(value * scale) / scale).ToString("0.###", CultureInfo.InvariantCulture);
    }
}
