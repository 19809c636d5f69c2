using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>Writes an engine as on the command line, and refuses numbers in its place.</summary>
internal sealed class EngineConverter() : JsonStringEnumConverter<Engine>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
