using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Tests;

/// <summary>Real data that tests use where it is at hand: the folder that CERTIPURE_DATA names.</summary>
internal static class TestData
{
    /// <summary>The path of a file or folder there. Skips the test where it is absent.</summary>
    public static string Path(params string[] parts)
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_DATA names no folder of data.");
        string path = System.IO.Path.Combine([root!, .. parts]);
        Assert.SkipUnless(System.IO.Path.Exists(path), $"{path} does not exist.");
        return path;
    }

    /// <summary>The published heads of LPIPS for one of its networks.</summary>
    public static Checkpoint LpipsHeads(string network) => CheckpointReader.Open(Path("lpips", $"lin_{network}.pth"));
}
