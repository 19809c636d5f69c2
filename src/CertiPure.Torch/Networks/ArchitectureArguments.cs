using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Torch.Networks;

/// <summary>Reads and writes a network's arguments as JSON, in the names of its reference code (<c>model_channels</c>).</summary>
public static class ArchitectureArguments
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Reads arguments.</summary>
    /// <exception cref="JsonException">An argument is unknown, missing or of another type.</exception>
    public static TOptions Read<TOptions>(JsonElement arguments)
        where TOptions : class =>
        arguments.Deserialize<TOptions>(Format) ?? throw new JsonException("the arguments are null");

    /// <summary>Writes arguments on one line.</summary>
    public static string Write<TOptions>(TOptions options)
        where TOptions : class => JsonSerializer.Serialize(options, Format);
}
