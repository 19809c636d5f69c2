using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class MergeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shards_in_any_order_merge_into_the_bytes_of_the_undivided_run()
    {
        string whole = Certify("whole", Shard.Whole);
        string[] shards = [.. Enumerable.Range(0, 3).Select(i => Certify($"shard{i}", new Shard(i, 3)))];
        int[][] orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
        foreach (int[] order in orders)
        {
            string output = _folder["merged" + string.Concat(order)];

            Run merged = Merge.Runs([.. order.Select(i => shards[i])], output);

            Assert.True(merged.IsComplete);
            Assert.Equal(Log(whole), Log(output));
            Assert.Empty(merged.Manifest.Experiment.DifferencesFrom(Run.Read(whole).Manifest.Experiment));
            Assert.Equal(Shard.Whole, merged.Manifest.Shard);
            Assert.Equal(3, merged.Manifest.Environment.Count);
        }
    }

    [Fact]
    public void A_missing_shard_is_refused_with_its_images()
    {
        string[] shards = [Certify("a", new Shard(0, 3)), Certify("b", new Shard(1, 3))];

        var error = Refused(shards);

        Assert.Contains("2 of 7 images have no certificate (40,100); a shard is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfinished_shard_is_refused_by_name()
    {
        string[] shards = [Certify("a", new Shard(0, 2)), Certify("b", new Shard(1, 2), images: 1)];

        Assert.Contains($"finish the run in {shards[1]}", Refused(shards).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_images_twice_are_refused()
    {
        string[] shards = [Certify("a", new Shard(0, 2)), Certify("b", new Shard(1, 2)), Certify("c", new Shard(1, 2))];

        Assert.Contains("Image 20 is certified both in", Refused(shards).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stranger_is_refused_with_the_difference()
    {
        string[] shards =
        [
            Certify("a", new Shard(0, 2)), Certify("b", new Shard(1, 2), Samples.Experiment() with { Seed = 8 }),
        ];

        Assert.Contains("(seed 8, not 7)", Refused(shards).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_shards_of_processors_with_other_instructions_are_refused()
    {
        // The same graph gives other bits there, so the votes are those of two classifiers.
        string[] shards = [Int8Shard("a", 0, "AVX512_VNNI"), Int8Shard("b", 1, "AVX2")];

        Assert.Contains("(engine.instructionSet AVX2, not AVX512_VNNI)", Refused(shards).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_existing_run_is_not_overwritten_unless_asked()
    {
        string[] shards = [Certify("a", new Shard(0, 2)), Certify("b", new Shard(1, 2))];
        string output = Certify("old", Shard.Whole, Samples.Experiment() with { Seed = 8 });

        Assert.Equal(ErrorReason.OutputExists, Assert.Throws<CertiPureException>(() => Merge.Runs(shards, output)).Reason);
        Assert.Equal(7ul, Merge.Runs(shards, output, overwrite: true).Manifest.Experiment.Seed);
    }

    [Fact]
    public void A_merge_that_fails_halfway_leaves_no_certificates_under_another_manifest_and_can_be_repeated()
    {
        string[] shards = [Certify("a", new Shard(0, 2)), Certify("b", new Shard(1, 2))];
        string output = Certify("old", Shard.Whole, Samples.Experiment() with { Seed = 8 });
        string obstacle = Directory.CreateDirectory(Path.Combine(output, RunFolder.LogName + ".tmp")).FullName;

        Assert.Throws<CertiPureException>(() => Merge.Runs(shards, output, overwrite: true));

        Assert.Empty(Run.Read(output).Certificates);
        Directory.Delete(obstacle);
        Assert.True(Merge.Runs(shards, output, overwrite: true).IsComplete);
    }

    [Fact]
    public void A_shard_cannot_be_the_output()
    {
        string shard = Certify("a", Shard.Whole);

        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => Merge.Runs([shard], shard + "/", overwrite: true)).Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => Merge.Runs([], _folder["merged"])).Reason);
    }

    private string Int8Shard(string name, int index, string instructions) => Certify(
        name,
        new Shard(index, 2),
        Samples.Experiment() with
        {
            Precision = "int8",
            Engine = new EngineIdentity(Engine.Onnx) { Version = "1.31.1", GraphSha256 = new('a', 64), InstructionSet = instructions },
        });

    private static string Log(string folder) => File.ReadAllText(Path.Combine(folder, RunFolder.LogName));

    private CertiPureException Refused(string[] shards)
    {
        string output = _folder["merged"];
        var error = Assert.Throws<CertiPureException>(() => Merge.Runs(shards, output));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.False(Directory.Exists(output));
        return error;
    }

    private string Certify(string name, Shard shard, Experiment? experiment = null, int images = int.MaxValue)
    {
        string folder = _folder[name];
        using RunFolder run = RunFolder.Open(folder, experiment ?? Samples.Experiment(), shard, Samples.Environment());
        foreach (int id in run.Pending.Take(images))
        {
            run.Append(Samples.Certificate(id));
        }

        run.Finish();
        return folder;
    }
}
