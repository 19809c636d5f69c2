using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>Writes a kind of bound as on the command line, and refuses numbers in its place.</summary>
internal sealed class BoundKindConverter()
    : JsonStringEnumConverter<BoundKind>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
