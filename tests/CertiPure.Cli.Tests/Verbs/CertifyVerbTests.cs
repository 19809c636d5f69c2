using System.Text.Json;

namespace CertiPure.Cli.Tests.Verbs;

public sealed class CertifyVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_run_describes_its_experiment_and_has_a_certificate_per_image()
    {
        string output = (await CommandResult.Of(_bench.Certify(("--images", "0..9:3,20")))).Succeeded();

        Assert.Contains("5 certificates", output, StringComparison.Ordinal);
        JsonElement experiment = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))
            .RootElement.GetProperty("experiment");
        Assert.Equal("fashion-mnist", experiment.GetProperty("data").GetProperty("name").GetString());
        Assert.Equal("test", experiment.GetProperty("data").GetProperty("split").GetString());
        Assert.Equal("1x28x28", experiment.GetProperty("data").GetProperty("shape").GetString());
        Assert.Equal(64, experiment.GetProperty("data").GetProperty("pixelSha256").GetString()!.Length);
        Assert.Equal(0.25, experiment.GetProperty("sigma").GetDouble());
        Assert.Equal(20, experiment.GetProperty("n0").GetInt32());
        Assert.Equal(100, experiment.GetProperty("n").GetInt32());
        Assert.Equal(0.001, experiment.GetProperty("alpha").GetDouble());
        Assert.Equal("none", experiment.GetProperty("purifier").GetProperty("method").GetString());
        Assert.Equal(64, experiment.GetProperty("weights").GetProperty("classifier").GetString()!.Length);
        int[] ids = [.. Workbench.WithoutTimes(_bench.Run)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt32())];
        Assert.Equal([0, 3, 6, 9, 20], ids);
    }

    [Fact]
    public async Task A_run_of_days_says_so_before_it_starts()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var error = new CancellingWriter("days here", cancel);

        int code = await CommandLine.RunAsync(
            _bench.Certify(("--n", "2000000000"), ("--batch", "1")), new Terminal(TextWriter.Null, error, live: false), cancel.Token);

        Assert.Equal((int)ExitCode.Interrupted, code);
        Assert.Contains("draws will take about", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(File.ReadLines(Path.Combine(_bench.Run, "certificates.jsonl")));
    }

    [Fact]
    public async Task Votes_are_divided_so_that_the_other_tests_compare_something()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        int[] votes = [.. Workbench.WithoutTimes(_bench.Run)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("looks")[0].GetProperty("votes")
                .EnumerateArray().Max(count => count.GetInt32()))];
        Assert.Contains(votes, k => k is > 10 and < 95);
        Assert.True(votes.Distinct().Count() > 3);
    }

    [Fact]
    public async Task Certified_routing_is_written_down_verified_replayed_and_reported()
    {
        (string, string)[] routing = [("--core", _bench.Classifier), ("--entropy-threshold", "0.991")];
        string output = (await CommandResult.Of(_bench.Certify(routing))).Succeeded();
        Assert.Contains("12 certificates", output, StringComparison.Ordinal);
        JsonElement experiment = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))
            .RootElement.GetProperty("experiment");
        Assert.Equal("linear.onnx", experiment.GetProperty("routing").GetProperty("core").GetString());
        Assert.Equal("entropy", experiment.GetProperty("routing").GetProperty("selection").GetString());
        Assert.Equal(0.991, experiment.GetProperty("routing").GetProperty("entropyThreshold").GetDouble());
        Assert.Equal(64, experiment.GetProperty("weights").GetProperty("core").GetString()!.Length);
        Assert.Equal("routed", experiment.GetProperty("plan").GetProperty("name").GetString());
        JsonElement[] routings = [.. Workbench.WithoutTimes(_bench.Run)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("routing"))];
        Assert.Contains(routings, one => one.GetProperty("look").GetProperty("k").GetInt32() is > 10 and < 100);

        string[] replay =
        [
            "verify", _bench.Run, "--replay", "3", "--data-dir", _bench.Data, "--classifier", _bench.Classifier,
            "--core", _bench.Classifier, "--threads", "1",
        ];
        string verified = (await CommandResult.Of(replay)).Succeeded();
        Assert.Contains("3 replayed: 0 of 360 votes differ", verified, StringComparison.Ordinal);
        (await CommandResult.Of("report", _bench.Run)).Succeeded();
    }

    [Fact]
    public async Task Certified_routing_by_a_selection_network_is_written_down_verified_and_replayed()
    {
        (string, string)[] routing = [("--core", _bench.Classifier), ("--selector", _bench.WriteSelector())];
        (await CommandResult.Of(_bench.Certify(routing))).Succeeded();
        JsonElement experiment = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))
            .RootElement.GetProperty("experiment");
        Assert.Equal(
            """{"core":"linear.onnx","selection":"network","selector":"selector.onnx"}""",
            JsonSerializer.Serialize(experiment.GetProperty("routing")));
        Assert.Equal(64, experiment.GetProperty("weights").GetProperty("selector").GetString()!.Length);
        JsonElement[] routings = [.. Workbench.WithoutTimes(_bench.Run)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("routing"))];
        Assert.Contains(routings, one => one.GetProperty("look").GetProperty("k").GetInt32() is > 10 and < 100);

        (await CommandResult.Of("verify", _bench.Run)).Succeeded();
        string[] replay =
        [
            "verify", _bench.Run, "--replay", "3", "--data-dir", _bench.Data, "--classifier", _bench.Classifier,
            "--core", _bench.Classifier, "--threads", "1",
        ];
        (await CommandResult.Of(replay)).Refused(ExitCode.Usage, "--selector");
        (await CommandResult.Of([.. replay, "--selector", _bench.Classifier])).Refused(ExitCode.Refused, "two classes");
        string verified = (await CommandResult.Of([.. replay, "--selector", _bench.At("selector.onnx")])).Succeeded();
        Assert.Contains("3 replayed: 0 of 360 votes differ", verified, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certified_routing_needs_a_core_one_mechanism_and_no_staged_plan()
    {
        (string, string) core = ("--core", _bench.Classifier), threshold = ("--entropy-threshold", "0.5"),
            selector = ("--selector", _bench.Classifier);
        foreach ((string, string)[] given in ((string, string)[][])[[core], [threshold], [selector], [core, threshold, selector]])
        {
            (await CommandResult.Of(_bench.Certify(given))).Refused(ExitCode.Usage, "one of --entropy-threshold");
        }

        (await CommandResult.Of(_bench.Certify(
            ("--core", _bench.Classifier), ("--entropy-threshold", "0.5"), ("--plan", "staged")))).Refused(ExitCode.Usage, "staged");
    }

    [Fact]
    public async Task Three_shards_merged_are_the_undivided_run()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string[] shards = [_bench.At("a"), _bench.At("b"), _bench.At("c")];
        for (int i = 2; i >= 0; i--)
        {
            (await CommandResult.Of(_bench.Certify(("--shard", $"{i}/3"), ("--out", shards[i])))).Succeeded();
        }

        (await CommandResult.Of(["merge", .. shards, "--out", _bench.At("merged")])).Succeeded();
        Assert.Equal(Workbench.WithoutTimes(_bench.Run), Workbench.WithoutTimes(_bench.At("merged")));
    }

    [Fact]
    public async Task A_merge_without_a_shard_is_refused()
    {
        (await CommandResult.Of(_bench.Certify(("--shard", "0/3"), ("--out", _bench.At("a"))))).Succeeded();
        (await CommandResult.Of("merge", _bench.At("a"), "--out", _bench.At("merged"))).Refused(ExitCode.Refused, "8 of 12");
        Assert.False(Directory.Exists(_bench.At("merged")));
    }

    [Fact]
    public async Task An_interrupted_run_exits_130_and_the_same_command_completes_it()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();
        CommandResult interrupted = await CommandResult.Under(interruption.Token, _bench.Certify());
        interrupted.Refused(ExitCode.Interrupted, "continues where it stopped");

        (await CommandResult.Of(_bench.Certify())).Succeeded();
        (await CommandResult.Of(_bench.Certify(("--out", _bench.At("other"))))).Succeeded();
        Assert.Equal(Workbench.WithoutTimes(_bench.At("other")), Workbench.WithoutTimes(_bench.Run));
    }

    [Fact]
    public async Task An_interrupted_run_that_overwrites_is_not_told_to_overwrite_again()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();
        CommandResult interrupted = await CommandResult.Under(interruption.Token, [.. _bench.Certify(), "--overwrite"]);
        interrupted.Refused(ExitCode.Interrupted, "without --overwrite continues where it stopped");
    }

    [Fact]
    public async Task A_worker_that_a_cluster_starts_again_must_not_overwrite() =>
        (await CommandResult.Of([.. _bench.Certify(("--shard", "auto/2")), "--overwrite"])).Refused(ExitCode.Usage, "--overwrite");

    [Fact]
    public async Task A_shard_without_images_is_a_run_that_merges()
    {
        string[] shards = [_bench.At("a"), _bench.At("b"), _bench.At("c")];
        for (int i = 0; i < 3; i++)
        {
            (await CommandResult.Of(_bench.Certify(("--images", "0..1"), ("--shard", $"{i}/3"), ("--out", shards[i])))).Succeeded();
        }

        (await CommandResult.Of(["merge", .. shards, "--out", _bench.At("merged")])).Succeeded();
        Assert.Equal(2, Workbench.WithoutTimes(_bench.At("merged")).Length);
    }

    [Fact]
    public async Task Radii_given_in_two_options_are_all_decided()
    {
        (await CommandResult.Of([.. _bench.Certify(("--plan", "staged"), ("--radii", "0")), "--radii", "0.25"])).Succeeded();
        JsonElement experiment = JsonDocument.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))
            .RootElement.GetProperty("experiment");
        Assert.Equal("[0,0.25]", JsonSerializer.Serialize(experiment.GetProperty("radii")));
    }

    [Fact]
    public async Task A_torn_log_is_completed_to_the_same_bytes()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string[] whole = Workbench.WithoutTimes(_bench.Run);
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        byte[] bytes = File.ReadAllBytes(log);
        File.WriteAllBytes(log, bytes[..(bytes.Length * 2 / 3)]);

        CommandResult resumed = await CommandResult.Of(_bench.Certify());
        resumed.Succeeded();
        Assert.Contains("already has", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(whole, Workbench.WithoutTimes(_bench.Run));
    }

    [Fact]
    public async Task A_finished_run_is_left_as_it_is()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        byte[] log = File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl"));
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        Assert.Equal(log, File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl")));
    }

    [Fact]
    public async Task Another_experiment_in_the_folder_is_refused_with_the_difference_unless_it_may_be_overwritten()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        byte[] log = File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl"));

        (await CommandResult.Of(_bench.Certify(("--sigma", "0.5")))).Refused(ExitCode.Refused, "sigma 0.25, not 0.5");
        Assert.Equal(log, File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl")));

        (await CommandResult.Of([.. _bench.Certify(("--sigma", "0.5")), "--overwrite"])).Succeeded();
        Assert.NotEqual(log, File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl")));
    }

    [Fact]
    public async Task A_second_process_on_the_folder_is_refused()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        using FileStream held = new(Path.Combine(_bench.Run, ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        (await CommandResult.Of(_bench.Certify())).Refused(ExitCode.Refused, "Another process");
    }

    [Fact]
    public async Task A_staged_run_takes_fewer_draws_and_can_be_verified_and_drawn_again()
    {
        (await CommandResult.Of(_bench.Certify(("--plan", "staged"), ("--radii", "0"), ("--n", "1000")))).Succeeded();
        int[] draws = [.. Workbench.WithoutTimes(_bench.Run)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("draws").GetInt32())];
        Assert.Contains(draws, taken => taken < 1000);
        (await CommandResult.Of(
            "verify", _bench.Run, "--replay", "12", "--data-dir", _bench.Data, "--classifier", _bench.Classifier)).Succeeded();
    }

    [Fact]
    public async Task A_dry_run_tells_the_cost_and_writes_nothing()
    {
        string output = (await CommandResult.Of([.. _bench.Certify(), "--dry-run"])).Succeeded();
        JsonElement estimate = JsonDocument.Parse(output).RootElement;
        Assert.Equal(12, estimate.GetProperty("images").GetInt32());
        Assert.Equal(12 * 120, estimate.GetProperty("draws").GetInt64());
        Assert.True(estimate.GetProperty("drawsPerSecond").GetDouble() > 0);
        Assert.False(Directory.Exists(_bench.Run));
    }

    [Fact]
    public async Task Json_summarizes_the_run()
    {
        JsonElement summary = JsonDocument.Parse((await CommandResult.Of([.. _bench.Certify(), "--json"])).Succeeded()).RootElement;
        Assert.Equal(12, summary.GetProperty("images").GetInt32());
    }

    [Theory]
    [InlineData("--data", "no-such-data", (int)ExitCode.Usage, "no-such-data")]
    [InlineData("--data-dir", "no-such-folder", (int)ExitCode.Usage, "no-such-folder")]
    [InlineData("--split", "validation", (int)ExitCode.Usage, "validation")]
    [InlineData("--images", "0..99", (int)ExitCode.Usage, "99")]
    [InlineData("--images", "some", (int)ExitCode.Usage, "some")]
    [InlineData("--classifier", "no-such-model.onnx", (int)ExitCode.Failed, "no-such-model.onnx")]
    [InlineData("--purifier", "magic", (int)ExitCode.Usage, "magic")]
    [InlineData("--purifier", "edm", (int)ExitCode.Usage, "weights")]
    [InlineData("--purifier", "edm:no-such-weights", (int)ExitCode.Failed, "no-such-weights")]
    [InlineData("--sigma", "0", (int)ExitCode.Usage, "--sigma 0")]
    [InlineData("--sigma", "-0.5", (int)ExitCode.Usage, "--sigma -0.5")]
    [InlineData("--sigma", "0,5", (int)ExitCode.Usage, "write 0.5")]
    [InlineData("--sigma", "64", (int)ExitCode.Usage, "64/255 = 0.251")]
    [InlineData("--sigma", "NaN", (int)ExitCode.Usage, "not a finite number")]
    [InlineData("--n", "1e5", (int)ExitCode.Usage, "write 100000")]
    [InlineData("--n", "1,000", (int)ExitCode.Usage, "write 1000")]
    [InlineData("--alpha", "0,001", (int)ExitCode.Usage, "write 0.001")]
    [InlineData("--batch", "100000000", (int)ExitCode.Usage, "smaller batch")]
    [InlineData("--threads", "100000", (int)ExitCode.Usage, "processors here")]
    [InlineData("--workers", "100000", (int)ExitCode.Usage, "processors here")]
    [InlineData("--n", "9", (int)ExitCode.Refused, "n = 9")]
    [InlineData("--n", "0", (int)ExitCode.Usage, "n = 0")]
    [InlineData("--alpha", "1", (int)ExitCode.Usage, "not 1")]
    [InlineData("--batch", "0", (int)ExitCode.Usage, "--batch")]
    [InlineData("--threads", "0", (int)ExitCode.Usage, "--threads")]
    [InlineData("--shard", "3/3", (int)ExitCode.Usage, "3/3")]
    [InlineData("--seed", "-1", (int)ExitCode.Usage, "-1")]
    [InlineData("--radii", "0,x", (int)ExitCode.Usage, "'x'")]
    [InlineData("--level", "about", (int)ExitCode.Usage, "about")]
    [InlineData("--precision", "bf16", (int)ExitCode.Usage, "ONNX")]
    public async Task Bad_input_is_one_sentence_and_leaves_nothing_behind(
        string option, string value, int code, string word)
    {
        (await CommandResult.Of(_bench.Certify((option, value)))).Refused((ExitCode)code, word);
        Assert.False(Path.Exists(_bench.Run));
    }

    [Fact]
    public async Task A_classifier_of_other_classes_is_refused()
    {
        string other = _bench.At("other.onnx");
        Onnx.Tests.OnnxModelFile.WriteLinear(other, [0, 1, 28, 28], new float[3, 784], new float[3]);
        (await CommandResult.Of(_bench.Certify(("--classifier", other)))).Refused(ExitCode.Refused, "3 classes", "10");
        Assert.False(Path.Exists(_bench.Run));
    }

    [Fact]
    public async Task A_classifier_of_another_image_size_is_refused()
    {
        string other = _bench.At("other.onnx");
        Onnx.Tests.OnnxModelFile.WriteLinear(other, [0, 3, 32, 32], new float[10, 3072], new float[10]);
        (await CommandResult.Of(_bench.Certify(("--classifier", other)))).Refused(ExitCode.Refused, "3x32x32", "1x28x28");
        Assert.False(Path.Exists(_bench.Run));
    }

    [Fact]
    public async Task A_classifier_that_guesses_is_refused_before_anything_is_certified()
    {
        string other = _bench.At("other.onnx");
        Onnx.Tests.OnnxModelFile.WriteLinear(other, [0, 1, 28, 28], new float[10, 784], new float[10]);
        (await CommandResult.Of(_bench.Certify(("--classifier", other), ("--images", "all"))))
            .Refused(ExitCode.Refused, "right on only 3 of 30 images", "normalisation");
        Assert.False(Path.Exists(_bench.Run));
    }

    [Fact]
    public async Task A_purifier_that_cannot_know_the_noise_is_refused() =>
        (await CommandResult.Of([.. _bench.Certify(("--sigma", "50"), ("--purifier", "consistency:fashion-mnist")), "--allow-large-sigma"]))
            .Refused(ExitCode.Refused, "t = 100", "0.002 to 80");

    [Theory]
    [InlineData("")]
    [InlineData("not weights at all, but text of some length")]
    [InlineData("\u0010\0\0\0\0\0\0\0{\"a\":{\"dtype\":1}}")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f{}")]
    public async Task A_damaged_checkpoint_is_refused(string content)
    {
        string path = _bench.At("damaged.safetensors");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(content));
        (await CommandResult.Of(_bench.Certify(("--classifier", path)))).Refused(ExitCode.Failed, "damaged.safetensors");
        Assert.False(Path.Exists(_bench.Run));
    }

    [Fact]
    public async Task A_run_folder_that_cannot_be_made_is_refused()
    {
        string file = _bench.At("file");
        File.WriteAllText(file, "in the way");
        (await CommandResult.Of(_bench.Certify(("--out", file)))).Refused(ExitCode.Refused, "is a file");
        (await CommandResult.Of(_bench.Certify(("--out", Path.Combine(file, "run"))))).Refused(ExitCode.Failed, "cannot be written");
        Assert.Equal("in the way", File.ReadAllText(file));
    }

    [Fact]
    public async Task A_folder_of_something_else_is_not_taken_for_a_run()
    {
        Directory.CreateDirectory(_bench.Run);
        File.WriteAllText(Path.Combine(_bench.Run, "thesis.tex"), "years of work");
        (await CommandResult.Of([.. _bench.Certify(), "--overwrite"])).Refused(ExitCode.Refused, "thesis.tex");
        Assert.Equal("years of work", File.ReadAllText(Path.Combine(_bench.Run, "thesis.tex")));
    }

    [Fact]
    public async Task Without_a_folder_to_write_there_is_nothing_to_do()
    {
        string[] command = _bench.Certify();
        (await CommandResult.Of(command[..^2])).Refused(ExitCode.Usage, "--out");
    }

    /// <summary>Cancels when certain words are written.</summary>
    private sealed class CancellingWriter(string words, CancellationTokenSource cancel) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(words, StringComparison.Ordinal) == true)
            {
                cancel.Cancel();
            }
        }
    }
}
