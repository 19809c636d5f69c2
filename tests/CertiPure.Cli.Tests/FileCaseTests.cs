using System.Diagnostics;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Tests;

/// <summary>Files and numbers as real people give them: the ones made for this purpose outside of the project (CERTIPURE_CASES; those tests
/// skip without them), and generated ones of the same kinds.</summary>
public sealed class FileCaseTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0, "", "metrics", "fid", "FILES/stats1.npz", "FILES/stats2.npz")]
    [InlineData(1, "a Git LFS pointer", "predict", "--data", "FILES/grey", "--classifier", "FILES/pointer.onnx", "--sigma", "0.1", "--n", "20")]
    [InlineData(2, "write 0.5", "predict", "--data", "FILES/grey", "--classifier", "FILES/ts-pair.pt", "--sigma", "0,5", "--n", "20")]
    [InlineData(2, "write 0.5", "purify", "--data", "FILES/grey", "--sigma", "0,5", "--out", "x.png")]
    [InlineData(2, "processors here", "certify", "--data", "FILES/grey", "--classifier", "FILES/ts-pair.pt", "--sigma", "0.5", "--dry-run", "--threads", "100000")]
    [InlineData(2, "smaller batch", "certify", "--data", "FILES/grey", "--classifier", "FILES/ts-pair.pt", "--sigma", "0.5", "--dry-run", "--batch", "100000000")]
    [InlineData(0, "", "inspect", "FILES/batch-coupled.onnx")]
    [InlineData(1, "Line 2 of", "report", "FILES/log-tensor.tsv")]
    [InlineData(1, "column label: 'tensor([3])'", "report", "FILES/log-tensor.tsv")]
    [InlineData(1, "column radius: '-1.0' is below 0", "report", "FILES/log-negative.tsv")]
    public async Task A_case_gives_what_it_must(int code, string words, params string[] command)
    {
        Cases.SkipWithout();
        CommandResult result = await CommandResult.Of([.. command.Select(word => word.Replace("FILES", Cases.Files, StringComparison.Ordinal))]);

        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Error}");
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log-truefalse.tsv")]
    [InlineData("log-trailingtab.tsv")]
    [InlineData("log-bom.tsv")]
    [InlineData("log-spaces.tsv")]
    public async Task A_log_in_another_form_is_reported_like_the_usual_one(string file)
    {
        Cases.SkipWithout();
        string usual = (await CommandResult.Of("report", Path.Combine(Cases.Files, "log-ok.tsv"), "--format", "csv")).Succeeded();
        string other = (await CommandResult.Of("report", Path.Combine(Cases.Files, file), "--format", "csv")).Succeeded();

        Assert.Equal(usual, other.Replace(Path.GetFileNameWithoutExtension(file), "log-ok", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_files_of_statistics_have_a_distance_without_a_network()
    {
        FeatureStatisticsFile.Write(_bench.At("a.npz"), new FeatureStatistics("n", null, [0, 0], new double[,] { { 1, 0 }, { 0, 4 } }));
        FeatureStatisticsFile.Write(_bench.At("b.npz"), new FeatureStatistics("n", null, [3, 0], new double[,] { { 4, 0 }, { 0, 1 } }));

        // |m1 - m2|^2 = 9 and tr(C1 + C2 - 2 (C1 C2)^(1/2)) = 10 - 8.
        Assert.Contains("distance 11 ", (await CommandResult.Of("metrics", "fid", _bench.At("a.npz"), _bench.At("b.npz"))).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer")]
    [InlineData("PK\u0003\u0004", "a zip file, as PyTorch writes")]
    [InlineData("\u0080\u0002}q", "a pickle, as PyTorch writes")]
    [InlineData("<!DOCTYPE html>", "a web page")]
    public async Task A_file_under_an_onnx_name_is_called_what_it_is(string content, string words)
    {
        string path = _bench.At("model.onnx");
        await File.WriteAllBytesAsync(path, System.Text.Encoding.Latin1.GetBytes(content), TestContext.Current.CancellationToken);
        (await CommandResult.Of(_bench.Certify(("--classifier", path)))).Refused(ExitCode.Failed, words);
    }

    [Fact]
    public async Task An_onnx_model_is_no_weights_and_the_sentence_says_where_it_goes() =>
        (await CommandResult.Of("convert", _bench.Classifier, _bench.At("weights.safetensors")))
            .Refused(ExitCode.Failed, "an ONNX model", "as the classifier");

    [Theory]
    [InlineData("report")]
    [InlineData("export")]
    public async Task Output_goes_through_a_link_or_fifo_and_leaves_it(string verb)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no FIFO.");
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string link = _bench.At("link"), fifo = _bench.At("fifo");
        File.CreateSymbolicLink(link, _bench.At("target"));
        using (Process make = Process.Start("mkfifo", fifo))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (await CommandResult.Of(verb, _bench.Run, "--out", link)).Succeeded();
        Task<string> read = Task.Run(() => File.ReadAllText(fifo), TestContext.Current.CancellationToken);
        (await CommandResult.Of(verb, _bench.Run, "--out", fifo)).Succeeded();

        Assert.Equal(_bench.At("target"), new FileInfo(link).LinkTarget);
        Assert.Equal(await File.ReadAllTextAsync(_bench.At("target"), TestContext.Current.CancellationToken), await read);
        Assert.True(OutputTarget.IsStream(fifo));
        (await CommandResult.Of(verb, _bench.Run, "--out", link)).Refused(ExitCode.Refused, "already exists", "--overwrite");
    }
}
