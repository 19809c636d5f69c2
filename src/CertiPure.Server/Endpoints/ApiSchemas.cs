using System.Text.Json;
using CertiPure.Images;
using CertiPure.Smoothing;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CertiPure.Server.Endpoints;

/// <summary>The schemas of what a certificate's file writes by converters of its own, which the framework cannot look into.</summary>
internal static class ApiSchemas
{
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (context.JsonTypeInfo.Type == typeof(Certificate))
        {
            DescribeCertificate(schema);
        }
        else if (schema.Enum is { Count: > 0 } && schema.Type is null)
        {
            // Where null is allowed the framework says so beside the words.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. schema.Enum.Where(word => word?.GetValueKind() == JsonValueKind.String)];
        }
        else if (context.JsonPropertyInfo?.CustomConverter is not null)
        {
            DescribeProperty(schema, context.JsonPropertyInfo.PropertyType);
        }

        return Task.CompletedTask;
    }

    private static void DescribeProperty(OpenApiSchema schema, Type type)
    {
        if (type == typeof(ulong))
        {
            schema.Type = JsonSchemaType.Integer | JsonSchemaType.String;
            schema.Description = "A whole number; above 2^53 a string of its digits.";
        }
        else if (type == typeof(ImageShape))
        {
            schema.Type = JsonSchemaType.String;
            schema.Properties = null;
            schema.Required = null;
            schema.Description = "Channels, height and width: 3x32x32.";
        }
        else if (type == typeof(IReadOnlyList<int>))
        {
            schema.Type = JsonSchemaType.String;
            schema.Items = null;
            schema.Description = "Ids, as ranges.";
        }
    }

    /// <summary>docs/formats.md has the same in words.</summary>
    private static void DescribeCertificate(OpenApiSchema schema)
    {
        IOpenApiSchema look = Object(
            ("n", Of(JsonSchemaType.Integer)),
            ("votes", Of(JsonSchemaType.Array | JsonSchemaType.Object, "One count per class; of more than 100 classes those with votes.")),
            ("alphaA", Of(JsonSchemaType.Number)),
            ("alphaB", Of(JsonSchemaType.Number)));
        OpenApiSchema certificate = Object(
            ("id", Of(JsonSchemaType.Integer)),
            ("label", Of(JsonSchemaType.Integer | JsonSchemaType.Null, "The true class, where it is known.")),
            ("predicted", Of(JsonSchemaType.Integer | JsonSchemaType.Null, "The certified class, or null for an abstention.")),
            ("selection", ListOf(Of(JsonSchemaType.Integer))),
            ("looks", ListOf(look)),
            ("draws", Of(JsonSchemaType.Integer)),
            ("lowerBound", Of(JsonSchemaType.Number)),
            ("upperBound", Of(JsonSchemaType.Number)),
            ("radius", Of(JsonSchemaType.Number)),
            ("seconds", Of(JsonSchemaType.Number)));
        schema.Type = certificate.Type;
        schema.Properties = certificate.Properties;
        schema.Required = certificate.Required;
    }

    private static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] members) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = members.ToDictionary(member => member.Name, member => member.Schema),
        Required = new HashSet<string>(members.Select(member => member.Name)),
    };

    private static OpenApiSchema Of(JsonSchemaType type, string? description = null) => new() { Type = type, Description = description };

    private static OpenApiSchema ListOf(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };
}
