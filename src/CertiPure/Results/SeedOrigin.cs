using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Who chose the seed of a certificate. Who knows the seed beforehand could craft the image to the noise.</summary>
[JsonConverter(typeof(SeedOriginConverter))]
public enum SeedOrigin
{
    /// <summary>The service drew it afresh for this one certificate.</summary>
    Service = 0,

    /// <summary>Whoever asked for the certificate.</summary>
    Client = 1,
}
