using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Who chose the seed of a run. Who knows the seed beforehand could craft the images to the noise.</summary>
[JsonConverter(typeof(SeedChoiceConverter))]
public enum SeedChoice
{
    /// <summary>It was drawn at random when the run began.</summary>
    Fresh = 0,

    /// <summary>The person who started the run.</summary>
    Operator = 1,
}

/// <summary>Writes who chose a seed as a word and reads nothing but these words.</summary>
internal sealed class SeedChoiceConverter() : JsonStringEnumConverter<SeedChoice>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Who chose the seed of a certificate. Who knows the seed beforehand could craft the image to the noise.</summary>
[JsonConverter(typeof(SeedOriginConverter))]
public enum SeedOrigin
{
    /// <summary>The service drew it afresh for this one certificate.</summary>
    Service = 0,

    /// <summary>The client that asked for the certificate.</summary>
    Client = 1,
}
