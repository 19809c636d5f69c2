using System.Text.Json;

namespace CertiPure.Cli.Tests.Verbs;

/// <summary><c>export FILE.onnx</c> and <c>certify --engine</c>.</summary>
public sealed class GraphVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_exported_graph_is_what_the_engine_runs()
    {
        string file = _bench.At("base.onnx");

        string exported = (await CommandResult.Of(
            "export", file, "--classifier", "fashion-mnist", "--purifier", "consistency:fashion-mnist", "--sigma", "0.25")).Succeeded();
        (await CommandResult.Of(_bench.Certify(
            ("--data", _bench.WritePictures()), ("--images", "all"), ("--classifier", "fashion-mnist"), ("--purifier", "consistency:fashion-mnist"),
            ("--engine", "onnx"), ("--n0", "4"), ("--n", "12")))).Succeeded();

        JsonElement engine = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))
            .RootElement.GetProperty("experiment").GetProperty("engine");
        Assert.Equal("onnx", engine.GetProperty("name").GetString());
        Assert.Contains(engine.GetProperty("graphSha256").GetString()!, exported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_needs_a_noise_level_and_the_parts_that_it_is_asked_for()
    {
        string file = _bench.At("base.onnx");
        (await CommandResult.Of("export", file, "--classifier", "fashion-mnist")).Refused(ExitCode.Usage, "--sigma");
        (await CommandResult.Of("export", file, "--sigma", "0.5")).Refused(ExitCode.Usage, "--classifier");
        (await CommandResult.Of("export", file, "--sigma", "0.5", "--only", "purifier")).Refused(ExitCode.Usage, "--purifier");
        (await CommandResult.Of("export", file, "--sigma", "0.5", "--classifier", "fashion-mnist", "--precision", "int8"))
            .Refused(ExitCode.Usage, "--calibration");
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_shard_s_engine_is_not_chosen_by_measuring() =>
        (await CommandResult.Of(_bench.Certify(("--engine", "auto"), ("--shard", "0/2")))).Refused(ExitCode.Usage, "--engine auto");

    [Fact]
    public async Task Int8_is_not_calibrated_by_the_images_to_certify() =>
        // The bench's two splits hold the same images.
        (await CommandResult.Of(_bench.Certify(("--classifier", "fashion-mnist"), ("--precision", "int8"))))
            .Refused(ExitCode.Refused, "calibrated by fashion-mnist train");

    [Fact]
    public async Task A_graphics_card_that_cannot_be_used_ends_in_one_sentence() =>
        (await CommandResult.Of(_bench.Certify(("--classifier", "fashion-mnist"), ("--engine", "onnx"), ("--device", "cuda:0"))))
            .Refused(ExitCode.Failed, "cuda:0", "CERTIPURE_ONNXRUNTIME");
}
