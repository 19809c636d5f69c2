using System.Globalization;
using System.Text.Json.Nodes;
using CertiPure.Results;
using CertiPure.Server.Hosting;
using Microsoft.OpenApi;

namespace CertiPure.Server.Endpoints;

/// <summary>Puts the words, forms and examples of <see cref="ApiTexts"/> into the OpenAPI document.</summary>
internal static class ApiDescription
{
    private const string KeyScheme = "ApiKey";
    private const string Tag = "CertiPure";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "CertiPure";
            document.Info.Description = "Certify how far an image can change before a classifier's answer does. Errors are "
                + "application/problem+json. Other methods of these addresses are answered with 405, other addresses with 404.";
            document.Info.License = new OpenApiLicense { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") };
            document.Tags = new HashSet<OpenApiTag> { new() { Name = Tag, Description = "Certify, check and read." } };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [KeyScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = ApiKeyGate.HeaderName,
                    Description = "Where the operator configured a key; otherwise nothing is needed.",
                },
            };
            // The address under which it was asked for is not part of what it describes.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(ApiSchemas.DescribeAsync);
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiText>().FirstOrDefault() is { } text)
            {
                Describe(operation, text, context.Document);
            }

            // An empty requirement: without a configured key none is needed.
            operation.Security = ApiKeyGate.IsGuarded("/" + context.Description.RelativePath)
                ? [new OpenApiSecurityRequirement(), new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }]
                : [];

            return Task.CompletedTask;
        });
    });

    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder builder, ApiText text)
    {
        foreach (ApiResponse response in text.Responses.Where(response => response.Body is not null))
        {
            builder.Produces(response.Status, response.Body, response.ContentType);
        }

        return builder.WithName(text.Id).WithSummary(text.Summary).WithDescription(text.Description).WithTags(Tag).WithMetadata(text);
    }

    private static void Describe(OpenApiOperation operation, ApiText text, OpenApiDocument? document)
    {
        if (text.Form.Count > 0)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["multipart/form-data"] = new OpenApiMediaType { Schema = FormSchema(text.Form) },
                },
            };
        }
        else if (text.JsonBody is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The certificate as /v1/certify gave it.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchemaReference(nameof(CertificateDocument), document),
                        Example = JsonNode.Parse(body),
                    },
                },
            };
        }

        operation.Responses ??= [];
        foreach (IGrouping<int, ApiResponse> answers in text.Responses.GroupBy(response => response.Status).OrderBy(group => group.Key))
        {
            string status = answers.Key.ToString(CultureInfo.InvariantCulture);
            operation.Responses[status] = new OpenApiResponse
            {
                Description = answers.First().Description,
                Content = answers.ToDictionary(answer => answer.ContentType, answer => MediaOf(operation, status, answer)),
            };
        }
    }

    /// <summary>Keeps the schema that the framework found in the answer's type, where it found one.</summary>
    private static OpenApiMediaType MediaOf(OpenApiOperation operation, string status, ApiResponse response)
    {
        IOpenApiSchema? schema = operation.Responses?.GetValueOrDefault(status)?.Content?
            .FirstOrDefault(content => content.Key == response.ContentType).Value?.Schema;
        bool isJson = response.ContentType.EndsWith("json", StringComparison.Ordinal);
        return new OpenApiMediaType
        {
            Schema = schema ?? new OpenApiSchema { Type = isJson ? JsonSchemaType.Object : JsonSchemaType.String },
            Example = response.Example is null ? null : isJson ? JsonNode.Parse(response.Example) : JsonValue.Create(response.Example),
        };
    }

    private static OpenApiSchema FormSchema(IReadOnlyList<ApiField> fields) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = fields.ToDictionary(
            field => field.Name,
            IOpenApiSchema (field) => new OpenApiSchema
            {
                Type = field.Type switch
                {
                    "integer" => JsonSchemaType.Integer,
                    "number" => JsonSchemaType.Number,
                    _ => JsonSchemaType.String,
                },
                Format = field.Type == "binary" ? "binary" : null,
                Description = field.Description,
                Examples = field.Example is null ? null : [JsonNode.Parse(field.Example)!],
            }),
    };
}

/// <summary>A field of a multipart form.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>string</c>, <c>number</c>, <c>integer</c> or <c>binary</c>.</param>
/// <param name="Description">What it is.</param>
/// <param name="Example">An example, as JSON; null for a file.</param>
internal sealed record ApiField(string Name, string Type, string Description, string? Example);

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Description">When it comes.</param>
/// <param name="Example">An example; JSON where the media type is.</param>
internal sealed record ApiResponse(int Status, string ContentType, string Description, string? Example)
{
    /// <summary>What its JSON holds, where the address's own method does not say it; null elsewhere.</summary>
    public Type? Body { get; init; }
}
