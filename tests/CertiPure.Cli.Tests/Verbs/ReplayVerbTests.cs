using System.Text.Json.Nodes;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Cli.Tests.Verbs;

/// <summary>What a run rests on: the seed, the base classifier, all its images, and votes that can be drawn again.</summary>
public sealed class ReplayVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, (int)ExitCode.Refused)]
    public async Task One_differing_vote_in_a_thousand_is_forgiven_and_more_are_not(int moved, int exitCode)
    {
        (await CommandResult.Of(_bench.Certify(("--bound", "top")))).Succeeded();
        MoveSelectionVotes(moved);
        CommandResult result = await CommandResult.Of(Verify("--replay", "12"));
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains($"12 replayed: {moved} of 1440 votes differ, 0 predicted classes change", result.Output, StringComparison.Ordinal);
        Assert.Equal(moved == 1, result.Error.Contains("1 votes differ; rounding", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fixed_class_of_a_class_conditional_purifier_is_recorded_and_replayed()
    {
        string purifier = _bench.At("conditional.safetensors");
        WriteConditionalPurifier(purifier);
        string[] command = _bench.Certify(("--purifier", $"consistency:{purifier}"), ("--images", "0..1"));
        CommandResult refused = await CommandResult.Of(command);
        Assert.Equal((int)ExitCode.Refused, refused.ExitCode);
        Assert.Contains("take it as --purifier-label", refused.Error, StringComparison.Ordinal);

        (await CommandResult.Of([.. command, "--purifier-label", "2"])).Succeeded();
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))!;
        Assert.Equal(2, (int)manifest["experiment"]!["purifier"]!["label"]!);
        string output = (await CommandResult.Of(Verify("--replay", "2", "--purifier", $"consistency:{purifier}"))).Succeeded();
        Assert.Contains("0 of 240 votes differ", output, StringComparison.Ordinal);
        CommandResult other = await CommandResult.Of([.. command, "--purifier-label", "1"]);
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("purifier.label", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_instruction_set_is_said()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string path = Path.Combine(_bench.Run, "manifest.json");
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["environment"]![0]!["instructionSet"] = "Z80";
        File.WriteAllText(path, manifest.ToJsonString());
        CommandResult result = await CommandResult.Of(Verify("--replay", "2"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("computed with Z80", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_without_certificates_fail_unless_a_part_is_asked_for()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        File.WriteAllLines(log, File.ReadAllLines(log)[..9]);
        CommandResult whole = await CommandResult.Of("verify", _bench.Run);
        Assert.Equal((int)ExitCode.Refused, whole.ExitCode);
        Assert.Contains("9 of 12 images have certificates; 3 have none yet.", whole.Output, StringComparison.Ordinal);
        (await CommandResult.Of("verify", _bench.Run, "--partial")).Succeeded();
        JsonNode json = JsonNode.Parse((await CommandResult.Of("verify", _bench.Run, "--partial", "--json")).Succeeded())!;
        Assert.Equal((12, 9, 3), ((int)json["images"]!, (int)json["certificates"]!, (int)json["missing"]!));
    }

    [Fact]
    public async Task A_seed_is_fresh_unless_it_is_given_and_a_resumed_run_keeps_its_own()
    {
        string[] command = [.. WithoutSeed(_bench.Certify())];
        (await CommandResult.Of(command)).Succeeded();
        (ulong seed, string chosenBy) = Seed();
        Assert.Equal("fresh", chosenBy);
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        string[] lines = Workbench.WithoutTimes(_bench.Run);
        File.WriteAllLines(log, File.ReadAllLines(log)[..5]);
        (await CommandResult.Of(command)).Succeeded();
        Assert.Equal((seed, "fresh"), Seed());
        Assert.Equal(lines, Workbench.WithoutTimes(_bench.Run));

        (await CommandResult.Of([.. command, "--overwrite"])).Succeeded();
        Assert.NotEqual(seed, Seed().Seed);
        (await CommandResult.Of([.. command, "--overwrite", "--seed", "18446744073709551615"])).Succeeded();
        Assert.Equal((ulong.MaxValue, "operator"), Seed());
        Assert.Contains(
            "Seed 18446744073709551615, chosen by: operator",
            (await CommandResult.Of("verify", _bench.Run)).Succeeded(),
            StringComparison.Ordinal);
        Assert.Contains("was chosen by the operator", (await CommandResult.Of("report", _bench.Run)).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--shard", "0/3")]
    [InlineData("--shard", "auto")]
    [InlineData("--shard", "0/3", "--seed", "fresh")]
    public async Task A_shard_without_a_seed_of_its_run_is_a_usage_error(params string[] options) =>
        (await CommandResult.Of([.. WithoutSeed(_bench.Certify()), .. options])).Refused(ExitCode.Usage, "--seed");

    [Fact]
    public async Task A_base_classifier_that_is_no_function_of_one_image_is_refused_before_the_first_vote()
    {
        // The less their own mean the images of a full batch are, the better they are told apart: only the probe sees it.
        CommandResult result = await CommandResult.Of(_bench.Certify(("--classifier", _bench.WriteCoupled()), ("--batch", "30")));
        result.Refused(ExitCode.Refused, "other images of its batch", "model.eval()");
        Assert.Empty(File.ReadAllBytes(Path.Combine(_bench.Run, "certificates.jsonl")));
    }

    [Fact]
    public async Task What_the_classifier_gets_right_without_noise_is_printed_recorded_and_reported()
    {
        string output = (await CommandResult.Of(_bench.Certify(("--images", "0")))).Succeeded();
        Assert.Contains("Without noise the classifier is right on 27 of 30 images.", output, StringComparison.Ordinal);
        Assert.Contains("right on 27 of 30 images", (await CommandResult.Of("report", _bench.Run)).Succeeded(), StringComparison.Ordinal);
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))!;
        Assert.Equal((27, 30), ((int)manifest["cleanImages"]!["right"]!, (int)manifest["cleanImages"]!["labeled"]!));
        Assert.Equal(3, (int)manifest["environment"]![0]!["probe"]!["batches"]!);
        Assert.True((bool)manifest["environment"]![0]!["probe"]!["sameAfterRun"]!);
    }

    [Fact]
    public async Task A_run_whose_base_classifier_changed_is_neither_verified_nor_continued()
    {
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string path = Path.Combine(_bench.Run, "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"sameAfterRun\": true", "\"sameAfterRun\": false", StringComparison.Ordinal));
        CommandResult verified = await CommandResult.Of("verify", _bench.Run);
        Assert.Equal((int)ExitCode.Refused, verified.ExitCode);
        Assert.Contains("not those of one function", verified.Output, StringComparison.Ordinal);
        (await CommandResult.Of(_bench.Certify())).Refused(ExitCode.Refused, "other scores at its end");
    }

    private static IEnumerable<string> WithoutSeed(string[] command)
    {
        int at = Array.IndexOf(command, "--seed");
        return command.Where((_, i) => i != at && i != at + 1);
    }

    private (ulong Seed, string ChosenBy) Seed()
    {
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_bench.Run, "manifest.json")))!;
        JsonNode seed = manifest["experiment"]!["seed"]!;
        Assert.Equal(
            seed.GetValueKind() == System.Text.Json.JsonValueKind.String,
            ulong.Parse(seed.ToString(), System.Globalization.CultureInfo.InvariantCulture) > 1UL << 53);
        return (ulong.Parse(seed.ToString(), System.Globalization.CultureInfo.InvariantCulture), (string)manifest["seedChosenBy"]!);
    }

    private string[] Verify(params string[] options) =>
        ["verify", _bench.Run, "--data-dir", _bench.Data, "--classifier", _bench.Classifier, .. options];

    private static void WriteConditionalPurifier(string path)
    {
        LibTorch.Load();
        var options = new SongUNetOptions
        {
            Resolution = 28,
            Channels = 1,
            Patch = 4,
            ModelChannels = 32,
            ChannelMult = [1],
            NumBlocks = 1,
            AttnResolutions = [],
            LabelCount = 3,
        };
        using var network = new SongUNet(options);
        FreshWeights.Draw(network, 5);
        SafeTensors.Write(path, ModuleState.Capture(network, PurifierCheckpoint.Metadata(
            nameof(SongUNet), ArchitectureArguments.Write(options), new ConsistencyPreconditioning())));
    }

    /// <summary>Moves votes of the selection between classes that were not selected, so that every bound still follows from its votes.</summary>
    private void MoveSelectionVotes(int count)
    {
        string log = Path.Combine(_bench.Run, "certificates.jsonl");
        string[] lines = File.ReadAllLines(log);
        for (int i = 0; i < lines.Length && count > 0; i++)
        {
            JsonNode line = JsonNode.Parse(lines[i])!;
            var selection = (JsonArray)line["selection"]!;
            int[] votes = [.. selection.Select(votes => (int)votes!)];
            int top = Array.IndexOf(votes, votes.Max());
            int from = Array.FindIndex(votes, v => v > 0 && v < votes[top]);
            int to = Enumerable.Range(0, votes.Length).First(k => k != top && k != from && votes[k] + 1 < votes[top]);
            if (from < 0)
            {
                continue;
            }

            selection[from] = votes[from] - 1;
            selection[to] = votes[to] + 1;
            lines[i] = line.ToJsonString();
            count--;
        }

        Assert.Equal(0, count);
        File.WriteAllLines(log, lines);
    }
}
