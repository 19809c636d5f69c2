using System.Text.Json;

namespace CertiPure.Cli.Tests.Verbs;

public sealed class ReproduceVerbTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_dry_run_counts_forward_passes_and_hours_and_writes_nothing()
    {
        string json = (await CommandResult.Of(
            "reproduce", "--quick", "--dry-run", "--data", "fashion-mnist", "--precision", "fp32", "--out", _bench.At("out"), "--json")).Succeeded();
        JsonElement estimate = JsonDocument.Parse(json).RootElement;
        Assert.True(estimate.GetProperty("hours").GetDouble() > 0);
        JsonElement edm = estimate.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("key").GetString() == "edm-0.5");
        Assert.Equal(20 * 200 * 2, edm.GetProperty("forwardPasses").GetInt64());
        Assert.False(Directory.Exists(_bench.At("out")));
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused()
    {
        (await CommandResult.Of("reproduce", "--scale", "paper", "--quick")).Refused(ExitCode.Usage, "quick");
        (await CommandResult.Of("reproduce", "--scale", "huge")).Refused(ExitCode.Usage, "huge");
        (await CommandResult.Of("reproduce", "--classifier", "no-such.onnx")).Refused(ExitCode.Usage, "no-such.onnx");
        (await CommandResult.Of("reproduce", "--scale", "paper", "--data", "fashion-mnist")).Refused(ExitCode.Usage, "--data");
    }

    [Fact]
    public async Task A_damaged_data_set_is_refused_before_anything_is_written()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_bench.Data, "cifar-10-batches-bin")).FullName;
        foreach (string file in (string[])["test_batch", .. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}")])
        {
            File.WriteAllBytes(Path.Combine(folder, file + ".bin"), new byte[100]);
        }

        (await CommandResult.Of("reproduce", "--scale", "paper", "--data-dir", _bench.Data, "--out", _bench.At("out")))
            .Refused(ExitCode.Failed, "test_batch.bin");

        Assert.False(Directory.Exists(_bench.At("out")));
    }
}
