using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    /// <summary>The format that this version writes. It reads this one and version 1.</summary>
    public const int CurrentFormatVersion = 2;

    private byte[]? _sealedInVersion1;
    private bool _hasImage;

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

    /// <summary>The serializer enforces non-null members, but not non-null elements of lists.</summary>
    private bool HasNulls =>
        Experiment.Plan.Looks.Contains(null!) || Certificate.Looks.Contains(null!) || Experiment.Weights.Values.Contains(null!);

    /// <summary>The image, with the id that its noise depends on. A method, because a property that JSON leaves out would still be
    /// let pass where a file has it.</summary>
    public LabeledImage ToImage() => new(Experiment.Images[0], Certificate.Label, Experiment.Data.Shape, Pixels);

    /// <summary>Whether the file has the member <c>image</c> of version 1: it repeats the pixels, and nothing is computed from it.</summary>
    public bool IgnoresImage() => _hasImage;

    /// <summary>SHA-256 of pixels, as data sets and certificates give it.</summary>
    /// <param name="pixels">The pixels 0 to 255.</param>
    /// <returns>Lower-case hexadecimal.</returns>
    public static string HashOf(ReadOnlySpan<byte> pixels) => Convert.ToHexStringLower(SHA256.HashData(pixels));

    /// <summary>Reads a document, strictly: an unknown or missing member is refused, but for <c>image</c> in version 1.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">What to call it in an error message.</param>
    /// <exception cref="CertiPureException">It is not a certificate of this format, or it contradicts itself.</exception>
    public static CertificateDocument Parse(ReadOnlySpan<byte> json, string name)
    {
        CertificateDocument document;
        try
        {
            int version = JsonSerializer.Deserialize(json, ResultsJson.Lenient.FormatVersionOnly)?.FormatVersion ?? 0;
            document = version switch
            {
                CurrentFormatVersion => Deserialize(json),
                1 => ParseVersion1(json),
                _ => throw new CertiPureException(
                    $"{name} has format version {version}, but this CertiPure reads versions 1 to {CurrentFormatVersion}; use the "
                    + "CertiPure that wrote it."),
            };
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

    /// <summary>What a seal covers: the document as the program that wrote it writes it without the seal, so that white space and the
    /// notation of numbers do not matter.</summary>
    public byte[] SealedBytes() => _sealedInVersion1 ?? (this with { Seal = null }).ToJson();

    private static CertificateDocument Deserialize(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ResultsJson.OneImage.CertificateDocument) ?? throw new JsonException("it is null.");

    /// <summary>Version 1 has the member <c>image</c> beside those of version 2, and its seal covers it.</summary>
    private static CertificateDocument ParseVersion1(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        var root = JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("it is not an object.");
        if (root.ContainsKey("seal"))
        {
            root["seal"] = null;
        }

        byte[] covered = Write(root);
        bool hasImage = root.Remove("image");
        CertificateDocument document = Deserialize(Write(root));
        using JsonDocument whole = JsonDocument.Parse(json.ToArray());
        return document with
        {
            Seal = whole.RootElement.TryGetProperty("seal", out JsonElement seal)
                ? seal.Deserialize(ResultsJson.OneImage.CertificateSeal)
                : null,
            _hasImage = hasImage,
            _sealedInVersion1 = covered,
        };
    }

    /// <summary>Writes a document of version 1 as the program that sealed it did: numbers, times and base64 in its notation.</summary>
    private static byte[] Write(JsonObject root)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            WriteNode(root, null);

            void WriteNode(JsonNode? node, string? name)
            {
                switch (node)
                {
                    case JsonObject value:
                        writer.WriteStartObject();
                        foreach ((string key, JsonNode? member) in value)
                        {
                            writer.WritePropertyName(key);
                            WriteNode(member, key);
                        }

                        writer.WriteEndObject();
                        break;
                    case JsonArray list:
                        writer.WriteStartArray();
                        foreach (JsonNode? element in list)
                        {
                            WriteNode(element, null);
                        }

                        writer.WriteEndArray();
                        break;
                    case JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out ulong whole):
                        writer.WriteNumberValue(whole);
                        break;
                    case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                        writer.WriteNumberValue(value.GetValue<double>());
                        break;
                    case JsonValue value when name is "pixels" or "bytes" && value.GetValueKind() == JsonValueKind.String
                        && Base64(value.GetValue<string>()) is { } decoded:
                        writer.WriteBase64StringValue(decoded);
                        break;
                    case JsonValue value when name == "issuedAt" && value.TryGetValue(out DateTimeOffset time):
                        writer.WriteStringValue(time);
                        break;
                    case null:
                        writer.WriteNullValue();
                        break;
                    default:
                        node.WriteTo(writer);
                        break;
                }
            }
        }

        return bytes.ToArray();

        static byte[]? Base64(string text)
        {
            byte[] decoded = new byte[text.Length];
            return Convert.TryFromBase64String(text, decoded, out int length) ? decoded[..length] : null;
        }
    }

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

/// <summary>How a service recognises a certificate as its own: a keyed hash (HMAC-SHA256) of the document without its seal.</summary>
/// <param name="KeyId">Which key: the first eight bytes of the key's SHA-256, lower-case hexadecimal.</param>
/// <param name="Code">The keyed hash, lower-case hexadecimal.</param>
public sealed record CertificateSeal(string KeyId, string Code);
