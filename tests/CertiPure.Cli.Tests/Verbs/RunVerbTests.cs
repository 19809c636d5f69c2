using System.Text.Json;

namespace CertiPure.Cli.Tests.Verbs;

/// <summary>The verbs that read finished runs.</summary>
public sealed class RunVerbTests : IAsyncLifetime
{
    private readonly Workbench _bench = new();

    public async ValueTask InitializeAsync() => (await CommandResult.Of(_bench.Certify())).Succeeded();

    public ValueTask DisposeAsync()
    {
        _bench.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_certificate_of_a_run_holds_and_can_be_drawn_again()
    {
        string output = (await CommandResult.Of(Verify("--replay", "4"))).Succeeded();
        Assert.Contains("12 certificates: every bound and radius follows", output, StringComparison.Ordinal);
        Assert.Contains("4 replayed: 0 of 480 votes differ, 0 predicted classes change", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_radius_that_was_made_larger_is_found()
    {
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        string[] lines = File.ReadAllLines(log);
        lines[3] = System.Text.RegularExpressions.Regex.Replace(lines[3], "\"radius\":[^,}]+", "\"radius\":1.5");
        File.WriteAllLines(log, lines);
        CommandResult result = await CommandResult.Of(Verify("--json"));
        Assert.Equal((int)ExitCode.Refused, result.ExitCode);
        JsonElement objection = Assert.Single(
            JsonDocument.Parse(result.Output).RootElement.GetProperty("objections").EnumerateArray());
        Assert.Equal(3, objection.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Votes_that_were_invented_are_found_by_drawing_again()
    {
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        // All but two images get the certificate of unanimous votes, which holds by its counts.
        string sure = (await CommandResult.Of("bound", "-k", "100", "-n", "100", "--sigma", "0.25", "--json")).Succeeded();
        JsonElement bound = JsonDocument.Parse(sure).RootElement;
        string[] lines = [.. File.ReadAllLines(log).Select((line, i) => i == 5
            ? $$"""{"id":5,"label":5,"predicted":5,"selection":[0,0,0,0,0,20,0,0,0,0],"looks":[{"n":100,"votes":[0,0,0,0,0,100,0,0,0,0],"alphaA":0.001,"alphaB":0}],"draws":100,"lowerBound":{{bound.GetProperty("lowerBound").GetRawText()}},"upperBound":{{1 - bound.GetProperty("lowerBound").GetDouble()}},"radius":{{bound.GetProperty("radius").GetRawText()}},"seconds":1}"""
            : line)];
        File.WriteAllLines(log, lines);
        (await CommandResult.Of(Verify())).Succeeded();
        CommandResult result = await CommandResult.Of(Verify("--replay", "12"));
        Assert.Equal((int)ExitCode.Refused, result.ExitCode);
        Assert.Contains("Image 5:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_classifier_does_not_replay_the_run()
    {
        string other = _bench.At("other.onnx");
        Onnx.Tests.OnnxModelFile.WriteLinear(other, [0, 1, 28, 28], new float[10, 784], new float[10]);
        (await CommandResult.Of("verify", _bench.Run, "--replay", "1", "--data-dir", _bench.Data, "--classifier", other))
            .Refused(ExitCode.Refused, "SHA-256");
        (await CommandResult.Of("verify", _bench.Run, "--replay", "1", "--data-dir", _bench.Data))
            .Refused(ExitCode.Usage, "--classifier");
    }

    [Fact]
    public async Task An_attack_without_gradients_or_with_impossible_settings_is_refused()
    {
        string clear = _bench.At("clear");
        (await CommandResult.Of(_bench.Certify(("--sigma", "0.05"), ("--images", "0..3"), ("--out", clear)))).Succeeded();
        (await CommandResult.Of("verify", clear, "--attack", "--data-dir", _bench.Data, "--classifier", _bench.Classifier))
            .Refused(ExitCode.Usage, "gradients");
        (await CommandResult.Of(Verify("--attack", "--attack-images", "0"))).Refused(ExitCode.Usage, "--attack-images");
        (await CommandResult.Of(Verify("--attack", "--attack-steps", "0"))).Refused(ExitCode.Usage, "--attack-steps");
        (await CommandResult.Of(Verify("--attack", "--attack-factors", "1,-2"))).Refused(ExitCode.Usage, "--attack-factors");
    }

    [Fact]
    public async Task Other_pixels_do_not_replay_the_run()
    {
        using var other = new Workbench(images: 31);
        (await CommandResult.Of("verify", _bench.Run, "--replay", "1", "--data-dir", other.Data, "--classifier", _bench.Classifier))
            .Refused(ExitCode.Refused, "other pixels");
    }

    [Fact]
    public async Task The_exported_log_gives_the_accuracy_of_the_run()
    {
        string tsv = _bench.At("run.tsv");
        (await CommandResult.Of("export", _bench.Run, "--out", tsv)).Succeeded();
        Assert.StartsWith("idx\tlabel\tpredict\tradius\tcorrect\ttime\n", File.ReadAllText(tsv), StringComparison.Ordinal);
        Assert.Equal(
            await CleanAccuracy(_bench.Run),
            await CleanAccuracy(tsv));
        (await CommandResult.Of("export", _bench.Run, "--out", tsv)).Refused(ExitCode.Refused, "already exists");
        (await CommandResult.Of("export", _bench.Run, "--out", tsv, "--overwrite")).Succeeded();
    }

    [Fact]
    public async Task A_report_has_a_column_per_radius_and_a_table_per_comparison()
    {
        (await CommandResult.Of(_bench.Certify(("--sigma", "0.5"), ("--out", _bench.At("noisier"))))).Succeeded();
        string report = (await CommandResult.Of(
            "report", _bench.Run, _bench.At("noisier"), "--radii", "0,0.125", "--compare")).Succeeded();
        Assert.Contains("0.125", report, StringComparison.Ordinal);
        Assert.Contains("run against noisier", report, StringComparison.Ordinal);
        (await CommandResult.Of("report", _bench.Run, "--compare")).Refused(ExitCode.Usage, "--compare");
    }

    [Fact]
    public async Task The_best_over_sigma_is_one_row_per_method_and_tells_the_sigma()
    {
        (await CommandResult.Of(_bench.Certify(("--out", _bench.At("plain-0.25"))))).Succeeded();
        (await CommandResult.Of(_bench.Certify(("--sigma", "0.5"), ("--out", _bench.At("plain-0.5"))))).Succeeded();
        (await CommandResult.Of(_bench.Certify(("--n0", "21"), ("--out", _bench.At("other"))))).Succeeded();

        string report = (await CommandResult.Of(
            "report", _bench.At("plain-0.25"), _bench.At("plain-0.5"), _bench.At("other"), "--best")).Succeeded();

        string[] rows = [.. report.Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
        Assert.Equal(["plain", "other"], rows.Select(row => row.Split('|')[1].Trim()));
        Assert.Matches(@"@0\.(25|50)", rows[0]);
    }

    [Fact]
    public async Task A_report_without_costs_tells_no_times()
    {
        string all = (await CommandResult.Of("report", _bench.Run)).Succeeded();
        string accuracy = (await CommandResult.Of("report", _bench.Run, "--without-costs")).Succeeded();
        Assert.Contains("s/image", all, StringComparison.Ordinal);
        Assert.DoesNotContain("s/image", accuracy, StringComparison.Ordinal);
        Assert.Contains("mean radius", accuracy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latex", "\\begin{tabular}")]
    [InlineData("csv", "run,")]
    [InlineData("html", "<!DOCTYPE html>")]
    [InlineData("svg", "<svg ")]
    public async Task A_report_comes_in_every_format(string format, string mark) =>
        Assert.Contains(
            mark, (await CommandResult.Of("report", _bench.Run, "--format", format)).Succeeded(), StringComparison.Ordinal);

    [Fact]
    public async Task Several_tables_in_json_are_one_array()
    {
        (await CommandResult.Of(_bench.Certify(("--seed", "1"), ("--out", _bench.At("other"))))).Succeeded();
        string json = (await CommandResult.Of("report", _bench.Run, _bench.At("other"), "--compare", "--format", "json")).Succeeded();
        JsonElement tables = JsonDocument.Parse(json).RootElement;
        Assert.Equal(2, tables.GetArrayLength());
        Assert.Equal("certified-accuracy", tables[0].GetProperty("key").GetString());

        string one = (await CommandResult.Of("report", _bench.Run, "--format", "json")).Succeeded();
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(one).RootElement.ValueKind);
    }

    [Fact]
    public async Task Report_shows_accuracy_against_hours_of_training()
    {
        string hours = _bench.At("hours.csv");
        await File.WriteAllTextAsync(hours, $"run,method,hours\n{Path.GetFileName(_bench.Run)},EDM,1.5\n", TestContext.Current.CancellationToken);
        string[] command = ["report", _bench.Run, "--training-hours", hours, "--radii", "0.125"];
        string table = (await CommandResult.Of([.. command, "--format", "csv"])).Succeeded();
        Assert.Contains("1.5,", table, StringComparison.Ordinal);
        string svg = (await CommandResult.Of([.. command, "--format", "svg"])).Succeeded();
        Assert.Contains("hours of training", svg, StringComparison.Ordinal);
        (await CommandResult.Of("report", _bench.Run, "--training-hours", hours)).Refused(ExitCode.Usage, "--radii");
    }

    [Fact]
    public async Task A_picture_is_written_to_a_file_only()
    {
        (await CommandResult.Of("report", _bench.Run, "--format", "png")).Refused(ExitCode.Usage, "--out");
        (await CommandResult.Of("report", _bench.Run, "--format", "png", "--out", _bench.At("curve.png"))).Succeeded();
        Assert.Equal([0x89, 0x50, 0x4e, 0x47], File.ReadAllBytes(_bench.At("curve.png"))[..4]);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("export")]
    [InlineData("verify")]
    public async Task What_is_no_run_is_refused(string verb) =>
        (await CommandResult.Of(verb, _bench.At("nothing"))).Refused(ExitCode.Failed, "nothing");

    [Fact]
    public async Task Predictions_come_in_the_order_of_ids_with_their_labels()
    {
        string output = (await CommandResult.Of(
            "predict", "--data", "fashion-mnist", "--data-dir", _bench.Data, "--images", "5,2,9", "--classifier", _bench.Classifier,
            "--sigma", "0.05", "--n", "40", "--seed", "0")).Succeeded();
        string[] lines = output.TrimEnd('\n').Split('\n');
        Assert.Equal(["2", "5", "9"], lines[1..].Select(line => line.Split('\t')[0]));
        Assert.All(lines[1..], line => Assert.Equal(line.Split('\t')[1], line.Split('\t')[2]));
    }

    private static async Task<double> CleanAccuracy(string run)
    {
        string csv = (await CommandResult.Of("report", run, "--format", "csv", "--radii", "0")).Succeeded();
        string[] lines = csv.Split('\n');
        int column = Array.IndexOf(lines[0].Split(','), "certified0");
        return double.Parse(lines[1].Split(',')[column], System.Globalization.CultureInfo.InvariantCulture);
    }

    private string[] Verify(params string[] options) =>
        ["verify", _bench.Run, "--data-dir", _bench.Data, "--classifier", _bench.Classifier, "--threads", "1", .. options];
}
