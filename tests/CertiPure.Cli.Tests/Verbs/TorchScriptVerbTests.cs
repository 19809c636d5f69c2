using System.Text.Json;
using CertiPure.Images;
using CertiPure.Imaging;

namespace CertiPure.Cli.Tests.Verbs;

/// <summary>TorchScript programs go through the same probe as every classifier, by whichever verb they are loaded.</summary>
public sealed class TorchScriptVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-cli-").FullName;

    public TorchScriptVerbTests()
    {
        string images = Directory.CreateDirectory(Path.Combine(_folder, "images")).FullName;
        for (int i = 0; i < 3; i++)
        {
            var image = new LabeledImage(i, null, new ImageShape(1, 2, 2), new byte[] { 10, (byte)(40 * i), 200, 90 });
            File.WriteAllBytes(Path.Combine(images, $"{i}.png"), PngImage.Encode(image));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("certify", "noise.pt")]
    [InlineData("certify", "batch-mean.pt")]
    [InlineData("predict", "noise.pt")]
    [InlineData("predict", "batch-mean.pt")]
    public async Task A_program_that_is_no_function_of_one_image_is_refused(string verb, string program)
    {
        CommandResult result = await RunAsync(verb, program);
        Assert.Equal((int)ExitCode.Refused, result.ExitCode);
        Assert.Contains("not a function of one image", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("plain.pt")]
    [InlineData("dictionary.pt")]
    public async Task A_sound_program_is_certified_and_its_run_replayed(string program)
    {
        string output = (await RunAsync("certify", program)).Succeeded();
        Assert.Contains("have no labels, so nothing shows", output, StringComparison.Ordinal);
        string verified = (await CommandResult.Of(
            "verify", Path.Combine(_folder, "run"), "--replay", "3", "--data", Path.Combine(_folder, "images"),
            "--classifier", Program(program))).Succeeded();
        Assert.Contains("3 replayed: 0 of", verified, StringComparison.Ordinal);
        string attacked = (await CommandResult.Of(
            "verify", Path.Combine(_folder, "run"), "--attack", "--attack-factors", "1,30", "--attack-steps", "10", "--attack-samples", "16",
            "--attack-draws", "1000", "--attack-seed", "1", "--data", Path.Combine(_folder, "images"), "--classifier", Program(program))).Succeeded();
        Assert.Contains("2 attacked within 1 of the certified radius (seed 1): 0 get another class", attacked, StringComparison.Ordinal);
        Assert.Contains("2 attacked within 30 of the certified radius (seed 1): 2 get another class", attacked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_refused_where_the_networks_have_to_be_one_graph()
    {
        CommandResult certified = await RunAsync("certify", "plain.pt", "--engine", "onnx");
        Assert.Equal((int)ExitCode.Usage, certified.ExitCode);
        Assert.Contains("a finished graph or program", certified.Error, StringComparison.Ordinal);
        (await CommandResult.Of("export", Path.Combine(_folder, "base.onnx"), "--classifier", Program("plain.pt"), "--sigma", "0.25"))
            .Refused(ExitCode.Usage, "a finished graph or program");
    }

    [Fact]
    public async Task A_program_runs_on_the_one_engine_that_takes_it_where_the_faster_is_asked_for()
    {
        (await RunAsync("certify", "plain.pt", "--engine", "auto")).Succeeded();
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "run", "manifest.json")));
        Assert.Equal("torch", manifest.RootElement.GetProperty("experiment").GetProperty("engine").GetProperty("name").GetString());
    }

    private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, "Programs", name);

    private async Task<CommandResult> RunAsync(string verb, string program, params string[] more)
    {
        string[] command =
        [
            verb, "--data", Path.Combine(_folder, "images"), "--classifier", Program(program), "--sigma", "0.25", "--n", "100", "--seed", "1", .. more,
        ];
        return await CommandResult.Of(verb == "certify" ? [.. command, "--out", Path.Combine(_folder, "run")] : command);
    }
}
