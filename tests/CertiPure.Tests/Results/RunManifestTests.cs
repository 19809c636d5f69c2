using System.Text.Json.Nodes;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class RunManifestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string ManifestPath => _folder["manifest.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_manifest_survives_its_file()
    {
        RunManifest written = Manifest();
        written.Write(ManifestPath);

        RunManifest read = RunManifest.Read(ManifestPath);

        Assert.Empty(written.Experiment.DifferencesFrom(read.Experiment));
        Assert.Equal(written.Shard, read.Shard);
        Assert.Equal(written.Environment, read.Environment);
        Assert.Equal(written.SeedChosenBy, read.SeedChosenBy);
        Assert.Equal(written.ClassNames, read.ClassNames);
        Assert.Equal(written.CleanImages, read.CleanImages);
    }

    [Fact]
    public void Version_1_says_nothing_of_bound_and_engine_and_is_the_same_experiment_as_one_of_top_and_torch()
    {
        Manifest().Write(ManifestPath);
        JsonNode json = JsonNode.Parse(File.ReadAllText(ManifestPath))!;
        json["formatVersion"] = 1;
        foreach (string later in (string[])["seedChosenBy", "classNames", "cleanImages"])
        {
            json.AsObject().Remove(later);
        }

        json["experiment"]!.AsObject().Remove("bound");
        json["experiment"]!.AsObject().Remove("engine");
        json["environment"]![0]!.AsObject().Remove("probe");
        File.WriteAllText(ManifestPath, json.ToJsonString());

        RunManifest read = RunManifest.Read(ManifestPath);

        Assert.Equal((BoundKind.Top, Engine.Torch), (read.Experiment.Bound, read.Experiment.Engine.Name));
        Assert.Empty(read.Experiment.DifferencesFrom(Samples.Experiment()));
        Assert.Equal("bound", Assert.Single(read.Experiment.DifferencesFrom(Samples.Experiment() with { Bound = BoundKind.Margin })).Field);
    }

    [Fact]
    public void A_manifest_s_experiment_is_pinned_field_by_field()
    {
        Manifest().Write(ManifestPath);
        JsonNode json = JsonNode.Parse(File.ReadAllText(ManifestPath))!;

        Assert.Equal(
            ["formatVersion", "experiment", "shard", "environment", "seedChosenBy", "classNames", "cleanImages"],
            json.AsObject().Select(p => p.Key));
        Assert.Equal(
            """{"data":{"name":"digits","split":"test","shape":"1x28x28","pixelSha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"images":"0..120:20","sigma":0.5,"n0":10,"n":100,"alpha":0.001,"bound":"top","plan":{"name":"fixed","looks":[{"n":100,"alpha":0.001}]},"radii":[0,0.25,0.5],"seed":7,"noise":"normal","purifier":{"method":"consistency","level":"exact","clamp":true,"networkCalls":1},"classifier":{"name":"small","classCount":3},"engine":{"name":"torch"},"precision":"fp32","batch":64,"weights":{"classifier":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","purifier":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}""",
            json["experiment"]!.ToJsonString());
        Assert.Equal("1/4", json["shard"]!.GetValue<string>());
    }

    [Fact]
    public void A_later_format_is_named_before_its_unknown_fields()
    {
        File.WriteAllText(ManifestPath, """{"formatVersion": 3, "unheardOf": []}""");

        Assert.Contains("format version 3", Assert.Throws<CertiPureException>(() => RunManifest.Read(ManifestPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_manifest_says_that_there_is_no_run()
    {
        Assert.Contains("There is no run in", Assert.Throws<CertiPureException>(() => RunManifest.Read(ManifestPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("\u0000\u0000\u0000")]
    [InlineData("""{"formatVersion": 1}""")]
    [InlineData("""{"formatVersion": 1, "experiment": null, "shard": "0/1", "environment": []}""")]
    public void A_damaged_manifest_is_one_sentence(string text)
    {
        File.WriteAllText(ManifestPath, text);

        AssertOneSentence();
    }

    [Theory]
    [InlineData("images", "\"\"")]
    [InlineData("images", "\"3,1\"")]
    [InlineData("images", "\"0..2000000000\"")]
    [InlineData("images", "\"0..9:0\"")]
    [InlineData("images", "\"0..-3\"")]
    [InlineData("images", "[0]")]
    [InlineData("sigma", "0")]
    [InlineData("sigma", "-1")]
    [InlineData("sigma", "1e999")]
    [InlineData("alpha", "1")]
    [InlineData("alpha", "1e-300")]
    [InlineData("data", """{"name":"digits","split":"test","shape":"65536x65536x1","pixelSha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""")]
    [InlineData("n", "0")]
    [InlineData("n", "200")]
    [InlineData("batch", "0")]
    [InlineData("seed", "-1")]
    [InlineData("noise", "\"loud\"")]
    [InlineData("noise", "0")]
    [InlineData("bound", "\"best\"")]
    [InlineData("bound", "1")]
    [InlineData("engine", """{"name":"abacus"}""")]
    [InlineData("weights", "null")]
    [InlineData("radii", "[-1]")]
    [InlineData("plan", """{"name":"staged","looks":[{"n":50,"alpha":0.0009},{"n":100,"alpha":0.0009}]}""")]
    [InlineData("plan", """{"name":"staged","looks":[{"n":50,"alpha":0},{"n":100,"alpha":0.0009}]}""")]
    [InlineData("plan", """{"name":"staged","looks":[{"n":50,"alpha":1e-300},{"n":100,"alpha":0.0009}]}""")]
    [InlineData("plan", """{"name":"staged","looks":[]}""")]
    [InlineData("plan", """{"name":"staged","looks":[null]}""")]
    [InlineData("weights", """{"classifier":null}""")]
    public void An_experiment_that_cannot_be_is_refused(string field, string value)
    {
        Manifest().Write(ManifestPath);
        JsonNode json = JsonNode.Parse(File.ReadAllText(ManifestPath))!;
        json["experiment"]![field] = JsonNode.Parse(value);
        File.WriteAllText(ManifestPath, json.ToJsonString());

        AssertOneSentence();
    }

    [Fact]
    public void Writing_replaces_the_file_and_leaves_nothing_beside_it()
    {
        Manifest().Write(ManifestPath);
        Manifest().Write(ManifestPath);

        Assert.Equal([ManifestPath], Directory.GetFiles(Path.GetDirectoryName(ManifestPath)!));
    }

    private static RunManifest Manifest() => new(
        RunManifest.CurrentFormatVersion,
        Samples.Experiment(),
        new Shard(1, 4),
        [Samples.Environment() with { Workers = 2, Probe = new ProbeOutcome(5, 1e-6, 1e-4) }])
    {
        SeedChosenBy = SeedChoice.Operator,
        ClassNames = ["zero", "one", "two"],
        CleanImages = new CleanImages(52, 60),
    };

    private void AssertOneSentence()
    {
        var error = Assert.Throws<CertiPureException>(() => RunManifest.Read(ManifestPath));
        Assert.DoesNotContain('\n', error.Message);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 20, 400);
    }
}
