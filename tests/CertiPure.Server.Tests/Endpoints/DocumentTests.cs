using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests.Endpoints;

/// <summary>Holds docs/api.md to the service it describes.</summary>
public sealed partial class DocumentTests : IDisposable
{
    /// <summary>The repository.</summary>
    internal static readonly string Root = FindRoot(AppContext.BaseDirectory);

    internal static readonly string Document = File.ReadAllText(Path.Combine(Root, "docs", "api.md"));

    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-api-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_document_names_every_address_and_every_field_of_the_api_and_no_others()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode api = await server.GetJsonAsync("/openapi/v1.json");
        var operations = api["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(
            method => (Name: $"{method.Key.ToUpperInvariant()} {path.Key}", Operation: method.Value!))).ToList();
        string[] named = [.. Address().Matches(Document).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(operations.Select(each => each.Name).Append("GET /openapi/v1.json").Order(), named.Order());
        foreach ((_, JsonNode operation) in operations)
        {
            JsonObject? form = operation["requestBody"]?["content"]?["multipart/form-data"]?["schema"]?["properties"]?.AsObject();
            Assert.All(form ?? [], field => Assert.Contains($"`{field.Key}`", Document, StringComparison.Ordinal));
            Assert.All(operation["responses"]!.AsObject(), response => Assert.True(
                response.Key == "200" || Document.Contains($"| {response.Key} |", StringComparison.Ordinal), response.Key));
        }
    }

    [Theory]
    [InlineData("/v1/certify", "application/json", "text/event-stream")]
    [InlineData("/v1/purify", "application/json", "image/png")]
    [InlineData("/v1/certificates/verify", "application/json", "text/event-stream")]
    public async Task An_answer_in_two_forms_is_described_in_both(string path, params string[] types)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonNode answer = (await server.GetJsonAsync("/openapi/v1.json"))["paths"]![path]!["post"]!["responses"]!["200"]!;
        Assert.Equal(types, answer["content"]!.AsObject().Select(content => content.Key).Order());
    }

    [Fact]
    public async Task Every_example_of_the_document_works()
    {
        Assert.SkipUnless(
            File.Exists("/usr/bin/bash") && File.Exists("/usr/bin/curl") && File.Exists("/usr/bin/jq"), "The examples need bash, curl and jq.");
        string runs = Directory.CreateDirectory(Path.Combine(_folder, "runs")).FullName;
        ExampleRun.Write(Path.Combine(runs, "consistency-0.5"), "consistency", [90, 95]);
        await File.WriteAllBytesAsync(
            Path.Combine(_folder, "boot.png"), PngImage.Encode(new FashionImages().Read(9)), TestContext.Current.CancellationToken);
        await using RunningServer server = await RunningServer.StartAsync(new ServerOptions { RunsRoot = runs });
        string[] examples = [.. Document.Split('\n').Where(line => line.StartsWith("    curl ", StringComparison.Ordinal))];
        Assert.True(examples.Length >= 10, $"{examples.Length} examples were found.");
        string script = string.Join('\n', examples).Replace("http://127.0.0.1:5080/", server.Address.ToString(), StringComparison.Ordinal);

        using Process shell = Process.Start(new ProcessStartInfo(
            "/usr/bin/bash", ["-euo", "pipefail", "-c", $"curl() {{ command curl --silent --show-error --fail-with-body \"$@\"; }}\n{script}"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(shell.ExitCode == 0, output + await errors);
        Assert.Contains("event: certificate", output, StringComparison.Ordinal);
        Assert.Contains("\"verdict\":\"holds\"", output, StringComparison.Ordinal);
        Assert.True(new SkiaImageDecoder().Decode(
            await File.ReadAllBytesAsync(Path.Combine(_folder, "purified.png"), TestContext.Current.CancellationToken), "it").Shape.Width > 28);
    }

    [GeneratedRegex(@"`((?:GET|POST) /[^`]*)`")]
    private static partial Regex Address();

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
