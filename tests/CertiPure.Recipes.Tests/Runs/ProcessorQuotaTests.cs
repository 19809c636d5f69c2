using CertiPure.Recipes.Runs;

namespace CertiPure.Recipes.Tests.Runs;

public sealed class ProcessorQuotaTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("certipure-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("150000 100000\n", 1.5)]
    [InlineData("max 100000\n", null)]
    [InlineData("", null)]
    [InlineData("nonsense", null)]
    [InlineData("100000 0", null)]
    public void A_unified_group_grants_its_quota(string written, double? quota)
    {
        Write("pods/one/cpu.max", written);
        Assert.Equal(quota, Read("0::/pods/one"));
    }

    [Fact]
    public void The_smallest_quota_of_the_groups_around_it_counts()
    {
        Write("cpu.max", "max 100000");
        Write("pods/cpu.max", "200000 100000");
        Write("pods/one/cpu.max", "400000 100000");
        Assert.Equal(2, Read("0::/pods/one"));
    }

    [Theory]
    [InlineData("50000", 0.5)]
    [InlineData("-1", null)]
    public void A_legacy_group_grants_its_quota(string written, double? quota)
    {
        Write("cpu/jobs/cpu.cfs_quota_us", written);
        Write("cpu/jobs/cpu.cfs_period_us", "100000");
        Assert.Equal(quota, Read("3:memory:/other\n2:cpu,cpuacct:/jobs\n0::/"));
    }

    [Fact]
    public void Without_control_groups_there_is_no_quota()
    {
        Assert.Null(ProcessorQuota.Read(Path.Combine(_root, "absent"), _root));
        Assert.Null(Read("0::/not/there"));
    }

    private double? Read(string memberships)
    {
        string file = Path.Combine(_root, "memberships");
        File.WriteAllText(file, memberships);
        return ProcessorQuota.Read(file, _root);
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
