using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Writes a seed's origin as a word and reads nothing but these words.</summary>
internal sealed class SeedOriginConverter() : JsonStringEnumConverter<SeedOrigin>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
