using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>What runs the networks of a run.</summary>
/// <param name="Name">The engine.</param>
public sealed record EngineIdentity([property: JsonConverter(typeof(EngineConverter))] Engine Name)
{
    /// <summary>TorchSharp: the engine of every run that names none.</summary>
    public static EngineIdentity Torch { get; } = new(Engine.Torch);

    /// <summary>The version of ONNX Runtime; null for <see cref="Engine.Torch"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of the graph that it runs; null for <see cref="Engine.Torch"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GraphSha256 { get; init; }

    /// <summary>What the processor has for sums of 8-bit products, such as <c>AVX512_VNNI</c>: with other instructions the same graph gives
    /// other bits. Null unless the graph computes in int8.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InstructionSet { get; init; }
}
