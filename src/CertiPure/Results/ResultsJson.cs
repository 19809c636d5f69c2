using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>The JSON of run folders: camelCase, members in order of declaration, strict on reading.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(Certificate))]
[JsonSerializable(typeof(CertificateDocument))]
[JsonSerializable(typeof(CertificateLine))]
[JsonSerializable(typeof(FormatVersionOnly))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(Dictionary<int, int>))]
internal sealed partial class ResultsJson : JsonSerializerContext
{
    /// <summary>One line, for log rows and comparisons.</summary>
    public static ResultsJson Compact { get; } = new(Strict(indented: false));

    /// <summary>For files that people open.</summary>
    public static ResultsJson Indented { get; } = new(Strict(indented: true));

    /// <summary>For documents of one image: a range of many ids is refused before it is made, so that a short text takes little
    /// memory.</summary>
    public static ResultsJson OneImage { get; } = new(Strict(indented: true));

    /// <summary>Skips what it does not know.</summary>
    public static ResultsJson Lenient { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });

    private static JsonSerializerOptions Strict(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        NewLine = "\n",
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
