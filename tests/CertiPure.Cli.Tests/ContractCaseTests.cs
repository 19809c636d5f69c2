namespace CertiPure.Cli.Tests;

/// <summary>Classifiers that must be refused because they are not functions of one image, or give no scores; made for this purpose outside of
/// the project (CERTIPURE_CASES; the tests skip without them). Small ones of each kind are in the tests of Onnx and Torch.</summary>
public sealed class ContractCaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-cases-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("plain.onnx")]
    [InlineData("plain.pt")]
    [InlineData("plain-batch1.onnx")]
    [InlineData("softmax.onnx")]
    [InlineData("dictionary.pt")]
    public async Task A_sound_classifier_is_certified_with_the_six_classes(string file)
    {
        CommandResult result = await CertifyAsync(Path.Combine(Cases.Classifiers, "images"), Path.Combine(Cases.Classifiers, file));
        result.Succeeded();
        Assert.Equal(
            [0, 1, 2, 0, 1, 2],
            File.ReadAllLines(Path.Combine(_folder, "run", "certificates.jsonl")).Select(line =>
                System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("predicted").GetInt32()));
        string manifest = await File.ReadAllTextAsync(Path.Combine(_folder, "run", "manifest.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"sameAfterRun\": true", manifest, StringComparison.Ordinal);
        Assert.Contains("\"seedChosenBy\": \"fresh\"", manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum-over-batch.onnx", "other images of its batch")]
    [InlineData("batchnorm-training.onnx", "batch normalisation in training mode (BatchNormalization")]
    [InlineData("random-normal.onnx", "RandomNormalLike")]
    [InlineData("randn.pt", "the second time")]
    [InlineData("first-row.pt", "one row of float scores for each image")]
    [InlineData("tuple.pt", "--output")]
    [InlineData("label-int64.onnx", "scores", false)]
    public async Task What_is_not_a_function_of_one_image_is_refused(string file, string reason, bool isCheck = true)
    {
        CommandResult result = await CertifyAsync(Path.Combine(Cases.Classifiers, "images"), Path.Combine(Cases.Classifiers, file));
        Assert.True(isCheck ? result.ExitCode is (int)ExitCode.Refused or (int)ExitCode.Usage : result.ExitCode != 0, $"{result.ExitCode}");
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "run", "certificates.jsonl"))
            && new FileInfo(Path.Combine(_folder, "run", "certificates.jsonl")).Length > 0);
    }

    [Theory]
    [InlineData("ts-pair.pt", 0, "")]
    [InlineData("ts-half.pt", 0, "")]
    [InlineData("ts-dct.pt", 0, "")]
    [InlineData("ts-nothing.pt", (int)ExitCode.Refused, "returns nothing")]
    [InlineData("ts-oneonly.pt", (int)ExitCode.Failed, "one at a time")]
    public async Task A_program_is_read_or_says_in_one_line_what_it_returned(string file, int exitCode, string reason)
    {
        string files = Cases.Files;
        Cases.SkipWithout();
        CommandResult result = await CommandResult.Of(
            "predict", "--data", Path.Combine(files, "grey"), "--classifier", Path.Combine(files, file), "--sigma", "0.5", "--n", "20");
        Assert.True(exitCode == result.ExitCode, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("64")]
    public async Task A_batch_that_is_coupled_is_refused_at_every_batch_size(string batch)
    {
        string files = Cases.Files;
        CommandResult result = await CertifyAsync(
            Path.Combine(files, "grey"), Path.Combine(files, "batch-coupled.onnx"), "--sigma", "0.1", "--n0", "32", "--n", "1000", "--batch", batch);
        Assert.Equal((int)ExitCode.Refused, result.ExitCode);
        Assert.Contains("other images of its batch", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mean-std-outside.onnx", "ImageNet")]
    [InlineData("bgr.onnx", "BGR")]
    public async Task Labels_show_how_a_classifier_expects_its_input(string file, string expectation)
    {
        Cases.SkipWithout();
        string labeled = Path.Combine(_folder, "labeled");
        for (int i = 0; i < 6; i++)
        {
            string target = Directory.CreateDirectory(Path.Combine(labeled, $"class{i % 3}")).FullName;
            File.Copy(Path.Combine(Cases.Classifiers, "images", $"{i}.png"), Path.Combine(target, $"{i}.png"));
        }

        CommandResult result = await CertifyAsync(labeled, Path.Combine(Cases.Classifiers, file));
        Assert.Contains("It seems to expect", result.Error, StringComparison.Ordinal);
        Assert.Contains(expectation, result.Error, StringComparison.Ordinal);
    }

    private async Task<CommandResult> CertifyAsync(string data, string classifier, params string[] changes)
    {
        Cases.SkipWithout();
        string[] usual = changes.Length > 0 ? changes : ["--sigma", "0.25", "--n", "200"];
        return await CommandResult.Of(["certify", "--data", data, "--classifier", classifier, "--out", Path.Combine(_folder, "run"), .. usual]);
    }
}
