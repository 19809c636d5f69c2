using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Results;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Tests.Endpoints;

/// <summary>What the API's description shows and promises of the answers is what the service reads and gives.</summary>
public sealed class OpenApiExampleTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private JsonNode _api = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _api = await _server.GetJsonAsync("/openapi/v1.json");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/v1/certify", "post", typeof(CertificateAnswer))]
    [InlineData("/v1/certificates/{id}", "get", typeof(CertificateAnswer))]
    [InlineData("/v1/certificates/verify", "post", typeof(VerifyAnswer))]
    [InlineData("/v1/predict", "post", typeof(PredictAnswer))]
    [InlineData("/v1/purify", "post", typeof(PurifyAnswer))]
    [InlineData("/v1/models", "get", typeof(ModelsAnswer))]
    [InlineData("/v1/runs", "get", typeof(RunsAnswer))]
    [InlineData("/v1/runs/{name}", "get", typeof(RunCurve))]
    [InlineData("/healthz", "get", typeof(HealthAnswer))]
    [InlineData("/readyz", "get", typeof(ReadyAnswer))]
    public void An_example_has_all_members_of_its_answer_and_fits_its_schema(string path, string method, Type answer)
    {
        JsonNode content = _api["paths"]![path]![method]!["responses"]!["200"]!["content"]!["application/json"]!;
        JsonNode example = content["example"]!;
        object read = example.Deserialize(answer, ServerJson.Options)!;
        Assert.True(
            JsonNode.DeepEquals(example, JsonSerializer.SerializeToNode(read, answer, ServerJson.Options)),
            JsonSerializer.Serialize(read, answer, ServerJson.Options));
        AssertFits(content["schema"]!, example, path);
    }

    [Theory]
    [InlineData("/v1/certify")]
    [InlineData("/v1/certificates/verify")]
    public void Every_event_of_an_example_can_be_read(string path)
    {
        string example = (string)_api["paths"]![path]!["post"]!["responses"]!["200"]!["content"]!["text/event-stream"]!["example"]!;
        string[] events = example.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(events.Length >= 3);
        foreach (string[] lines in events.Select(text => text.Trim().Split('\n')))
        {
            Type type = lines[0]["event: ".Length..] switch
            {
                "accepted" => typeof(AcceptedEvent),
                "progress" => path == "/v1/certify" ? typeof(ProgressEvent) : typeof(DrawsEvent),
                "certificate" => typeof(CertificateAnswer),
                "check" => typeof(CheckResult),
                "verdict" => typeof(VerifyAnswer),
                _ => throw new InvalidOperationException(lines[0]),
            };
            Assert.NotNull(JsonSerializer.Deserialize(lines[1]["data: ".Length..], type, ServerJson.Options));
        }
    }

    [Fact]
    public async Task The_certificate_of_the_examples_is_of_the_current_format_supports_its_claim_and_says_it_in_the_services_words()
    {
        JsonNode answer = _api["paths"]!["/v1/certify"]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["example"]!;
        JsonNode body = _api["paths"]!["/v1/certificates/verify"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
        Assert.True(JsonNode.DeepEquals(body, answer["certificate"]));
        CertificateDocument document = CertificateDocument.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), "the example");
        Assert.Equal(CertificateDocument.CurrentFormatVersion, document.FormatVersion);
        using var json = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        var verdict = (await _server.PostJsonAsync("/v1/certificates/verify", json)).Deserialize<VerifyAnswer>(ServerJson.Options)!;
        Assert.Equal(
            [("image", "passed"), ("bound", "passed"), ("seal", "unknown"), ("model", "unknown")],
            verdict.Checks.Select(check => (check.Name, check.Outcome)));

        double radius = document.Certificate.Radius;
        Assert.Equal(CertificateWords.Claim(document), (string)answer["claim"]!);
        Assert.Equal(CertificateWords.Bounds(document), (string)answer["bounds"]!);
        Assert.Equal(CertificateWords.Meaning(radius, document.Pixels.Length), (string)answer["meaning"]!["sentence"]!);
        Assert.Equal(CertificateWords.PerValue(radius, document.Pixels.Length), (double)answer["meaning"]!["perValue"]!, 12);
    }

    [Theory]
    [InlineData("/v1/certify")]
    [InlineData("/v1/predict")]
    [InlineData("/v1/purify")]
    public async Task An_answer_fits_the_schema_of_its_address(string path)
    {
        JsonNode answer = await _server.PostJsonAsync(path, path == "/v1/purify" ? RunningServer.Form(1) : RunningServer.Form(1, ("n", "200")));
        AssertFits(SchemaOf(path), answer, path);
        if (path == "/v1/certify")
        {
            using var json = new StringContent(answer["certificate"]!.ToJsonString(), Encoding.UTF8, "application/json");
            AssertFits(SchemaOf("/v1/certificates/verify"), await _server.PostJsonAsync("/v1/certificates/verify", json), path);
        }
    }

    private JsonNode SchemaOf(string path) =>
        _api["paths"]![path]!["post"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;

    /// <summary>Checks types and members, all the way down: no member that the schema does not know, none missing that it requires, and no
    /// object whose members are not described.</summary>
    private void AssertFits(JsonNode schema, JsonNode? value, string where)
    {
        if (schema["$ref"] is { } reference)
        {
            schema = _api["components"]!["schemas"]![((string)reference!).Split('/')[^1]]!;
        }

        if ((schema["oneOf"] ?? schema["anyOf"])?.AsArray() is { } choices)
        {
            AssertFits(choices.Single(choice => IsNull(choice!) == value is null)!, value, where);
            return;
        }

        string[] types = TypesOf(schema);
        string kind = value?.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            _ => "null",
        };
        Assert.True(
            types.Contains(kind) || (kind == "number" && types.Contains("integer")), $"{where} is of type {kind}: {schema.ToJsonString()}");
        if (value is JsonArray list && schema["items"] is { } items)
        {
            Assert.All(list, element => AssertFits(items, element, where));
        }
        else if (value is JsonObject members && schema["additionalProperties"] is JsonObject any)
        {
            Assert.All(members, member => AssertFits(any, member.Value, $"{where}.{member.Key}"));
        }
        else if (value is JsonObject known)
        {
            JsonObject properties = schema["properties"]!.AsObject();
            Assert.All(known, member => AssertFits(
                properties[member.Key] ?? throw new InvalidOperationException($"The schema has no {where}.{member.Key}."),
                member.Value,
                $"{where}.{member.Key}"));
            Assert.All(schema["required"]?.AsArray() ?? [], name => Assert.True(known.ContainsKey((string)name!), $"{where}.{name} is missing."));
        }
    }

    private static bool IsNull(JsonNode schema) => TypesOf(schema) is ["null"];

    private static string[] TypesOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(type => (string)type!)],
        JsonValue one => [(string)one!],
        _ => [],
    };
}
