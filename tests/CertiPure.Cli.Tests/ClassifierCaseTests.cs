namespace CertiPure.Cli.Tests;

/// <summary>Classifiers that expect other input than pixels in [0,1], channels first, of the images' size; made for this purpose outside of
/// the project (CERTIPURE_CASES; the tests skip without them).</summary>
public sealed class ClassifierCaseTests
{
    [Theory]
    [InlineData("plain.onnx")]
    [InlineData("nhwc.onnx")]
    [InlineData("fp16.onnx")]
    [InlineData("two-outputs.onnx")]
    [InlineData("two-outputs.onnx", "--output", "y")]
    [InlineData("mean-std-outside.onnx", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225")]
    [InlineData("range-0-255.onnx", "--input-range", "0..255")]
    [InlineData("bgr.onnx", "--channels", "bgr")]
    [InlineData("size64.onnx", "--classifier-size", "64")]
    [InlineData("plain.pt")]
    public async Task A_classifier_with_its_preprocessing_gives_the_six_classes(string file, params string[] options)
    {
        Cases.SkipWithout();

        CommandResult result = await CommandResult.Of(
            [
                "predict", "--data", Path.Combine(Cases.Classifiers, "images"), "--classifier", Path.Combine(Cases.Classifiers, file), "--sigma", "0.25",
                "--n", "200", "--seed", "0", .. options,
            ]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            ["0", "1", "2", "0", "1", "2"],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t')[2]));
    }

    [Fact]
    public async Task A_described_classifier_is_certified_with_its_preprocessing_and_class_names_and_replayed()
    {
        Cases.SkipWithout();
        string folder = Directory.CreateTempSubdirectory("certipure-").FullName;
        try
        {
            string model = Path.Combine(folder, "bgr.onnx"), description = Path.Combine(folder, "bgr.json"), run = Path.Combine(folder, "run");
            File.Copy(Path.Combine(Cases.Classifiers, "bgr.onnx"), model);
            await File.WriteAllTextAsync(Path.Combine(folder, "names.txt"), "ant\nbee\ncat\n", TestContext.Current.CancellationToken);
            CommandResult described = await CommandResult.Of(
                ["describe", model, "--channels", "bgr", "--classes", Path.Combine(folder, "names.txt"), "--out", description]);
            Assert.Equal((0, $"{description}: BGR; 3 class names.\n"), (described.ExitCode, described.Output));

            CommandResult certified = await CommandResult.Of(
                [
                    "certify", "--data", Path.Combine(Cases.Classifiers, "images"), "--classifier", description, "--sigma", "0.25", "--n", "100",
                    "--out", run,
                ]);
            Assert.Equal(0, certified.ExitCode);
            string manifest = await File.ReadAllTextAsync(Path.Combine(run, "manifest.json"), TestContext.Current.CancellationToken);
            Assert.Contains("\"isBgr\": true", manifest, StringComparison.Ordinal);
            Assert.Contains("\"bee\"", manifest, StringComparison.Ordinal);
            Assert.Equal(0, (await CommandResult.Of(
                ["verify", run, "--replay", "2", "--data", Path.Combine(Cases.Classifiers, "images"), "--classifier", model])).ExitCode);

            await File.AppendAllTextAsync(model, " ", TestContext.Current.CancellationToken);
            CommandResult changed = await CommandResult.Of(
                ["predict", "--data", Path.Combine(Cases.Classifiers, "images"), "--classifier", description, "--sigma", "0.25"]);
            Assert.Contains("describes a file of", changed.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("size64.onnx", "--classifier-size")]
    [InlineData("tuple.pt", "--output")]
    [InlineData("bgr.onnx", "--mean 0,5", "--mean", "0.5,x")]
    public async Task What_is_missing_is_said_with_the_option_that_gives_it(string file, string says, params string[] options)
    {
        Cases.SkipWithout();

        CommandResult result = await CommandResult.Of(
            [
                "predict", "--data", Path.Combine(Cases.Classifiers, "images"), "--classifier", Path.Combine(Cases.Classifiers, file), "--sigma", "0.25",
                .. options,
            ]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(says.Split(' ')[0], result.Error, StringComparison.Ordinal);
    }
}
