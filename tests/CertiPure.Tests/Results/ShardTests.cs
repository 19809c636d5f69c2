using CertiPure.Results;
using CsCheck;

namespace CertiPure.Tests.Results;

public sealed class ShardTests
{
    [Fact]
    public void Shards_are_a_round_robin_partition()
    {
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 9]).Sample((images, count) =>
        {
            int[] ids = [.. Enumerable.Range(0, images).Select(i => i * 3)];
            var shards = Enumerable.Range(0, count).Select(index => new Shard(index, count).Select(ids)).ToArray();

            Assert.Equal(ids, shards.SelectMany(s => s).Order());
            Assert.True(shards.Max(s => s.Count) - shards.Min(s => s.Count) <= 1);
        });
    }

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("3/4", 3, 4)]
    public void A_shard_is_read_as_it_is_written(string text, int index, int count)
    {
        Shard shard = Shard.Parse(text, _ => null);

        Assert.Equal(new Shard(index, count), shard);
        Assert.Equal(text, shard.ToString());
    }

    [Theory]
    [InlineData("4/4")]
    [InlineData("-1/4")]
    [InlineData("0/0")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("1/2/3")]
    [InlineData("auto/0")]
    [InlineData("99999999999/3")]
    public void Anything_else_is_a_usage_error(string text)
    {
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => Shard.Parse(text, _ => null)).Reason);
    }

    [Fact]
    public void Slurm_s_array_gives_index_and_count_whatever_its_first_task()
    {
        Assert.Equal(new Shard(2, 8), Auto("auto", "SLURM_ARRAY_TASK_ID=3", "SLURM_ARRAY_TASK_MIN=1", "SLURM_ARRAY_TASK_MAX=8", "SLURM_ARRAY_TASK_COUNT=8"));
    }

    [Fact]
    public void A_partly_resubmitted_Slurm_array_cannot_renumber_the_shards()
    {
        string[] resubmitted = ["SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_MAX=7", "SLURM_ARRAY_TASK_COUNT=2"];

        Assert.Throws<CertiPureException>(() => Auto("auto", resubmitted));
        Assert.Equal(new Shard(7, 8), Auto("auto/8", resubmitted));
    }

    [Fact]
    public void Kubernetes_gives_the_index_and_the_user_the_count()
    {
        Assert.Equal(new Shard(5, 6), Auto("auto", "JOB_COMPLETION_INDEX=5", "CERTIPURE_SHARD_COUNT=6"));
        Assert.Equal(new Shard(5, 6), Auto("auto/6", "JOB_COMPLETION_INDEX=5"));
        Assert.Contains("CERTIPURE_SHARD_COUNT", Assert.Throws<CertiPureException>(() => Auto("auto", "JOB_COMPLETION_INDEX=5")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("auto", "JOB_COMPLETION_INDEX=6", "CERTIPURE_SHARD_COUNT=6")]
    [InlineData("auto", "JOB_COMPLETION_INDEX=x", "CERTIPURE_SHARD_COUNT=6")]
    public void A_cluster_that_does_not_tell_is_a_usage_error(string text, params string[] variables)
    {
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => Auto(text, variables)).Reason);
    }

    private static Shard Auto(string text, params string[] variables)
    {
        var environment = variables.Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return Shard.Parse(text, environment.GetValueOrDefault);
    }
}
