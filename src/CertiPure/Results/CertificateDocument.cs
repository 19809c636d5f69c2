using System.Security.Cryptography;
using System.Text.Json;
using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// One image's certificate as a file of its own, with everything that checking it takes: the image, the experiment, the
/// counts. Here <see cref="Results.Experiment.Data"/> gives the origin of the one image and the hash of its pixels, and
/// <see cref="Results.Experiment.Images"/> its id.
/// </summary>
public sealed record CertificateDocument
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>The version of the format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>What wrote it: <c>CertiPure 1.2.3</c>.</summary>
    public required string Software { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Who chose the seed.</summary>
    public required SeedOrigin SeedChosenBy { get; init; }

    /// <summary>Everything that determines the result.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>The counts and what follows from them.</summary>
    public required Certificate Certificate { get; init; }

    /// <summary>The image's pixels 0 to 255, <c>[C,H,W]</c> row-major; in JSON as base64.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>The seal of the service that issued it, or null.</summary>
    public CertificateSeal? Seal { get; init; }

    /// <summary>The image, with the id that its noise depends on.</summary>
    public LabeledImage Image => new(Experiment.Images[0], Certificate.Label, Experiment.Data.Shape, Pixels);

    /// <summary>The serializer enforces non-null members, but not non-null elements of lists.</summary>
    private bool HasNulls =>
        Experiment.Plan.Looks.Contains(null!) || Certificate.Looks.Contains(null!) || Experiment.Weights.Values.Contains(null!);

    /// <summary>SHA-256 of pixels, as data sets and certificates give it.</summary>
    /// <param name="pixels">The pixels 0 to 255.</param>
    /// <returns>Lower-case hexadecimal.</returns>
    public static string HashOf(ReadOnlySpan<byte> pixels) => Convert.ToHexStringLower(SHA256.HashData(pixels));

    /// <summary>Reads a document, strictly: an unknown or missing member is refused.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <exception cref="CertiPureException">It is not a certificate of this format, or it contradicts itself.</exception>
    public static CertificateDocument Parse(ReadOnlySpan<byte> json, string name)
    {
        CertificateDocument document;
        try
        {
            int version = JsonSerializer.Deserialize(json, ResultsJson.Lenient.FormatVersionOnly)?.FormatVersion ?? 0;
            if (version != CurrentFormatVersion)
            {
                throw new CertiPureException(
                    $"{name} has format version {version}, but this CertiPure reads version {CurrentFormatVersion}; use the "
                    + "CertiPure that wrote it.");
            }

            document = JsonSerializer.Deserialize(json, ResultsJson.OneImage.CertificateDocument)
                ?? throw new JsonException("it is null.");
            if (document.HasNulls)
            {
                throw new JsonException("a list holds null.");
            }
        }
        catch (JsonException e)
        {
            throw new CertiPureException(
                $"{name} is not a certificate: {JsonErrors.Describe(e)}; give the file as it was downloaded.", e);
        }

        document.Experiment.Validate();
        string? problem = document.FirstProblem();
        return problem is null
            ? document
            : throw new CertiPureException($"{name} contradicts itself: {problem}; give the file as it was downloaded.");
    }

    /// <summary>Writes the document as indented JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ResultsJson.Indented.CertificateDocument);

    private string? FirstProblem()
    {
        if (Experiment.Images.Count != 1 || Experiment.Images[0] != Certificate.Id)
        {
            return "it must speak of exactly one image";
        }

        return Pixels.Length == Experiment.Data.Shape.Length
            ? null
            : $"{Pixels.Length} pixel values do not make an image of {Experiment.Data.Shape}";
    }
}
