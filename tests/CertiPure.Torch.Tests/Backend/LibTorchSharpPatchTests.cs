using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Tests.Backend;

public sealed class LibTorchSharpPatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_package_file_is_patched_by_two_bytes()
    {
        string original = PackageFile();
        string copy = LibTorchSharpPatch.PatchedCopy(original, _folder);
        byte[] before = File.ReadAllBytes(original), after = File.ReadAllBytes(copy);
        Assert.Equal(before.Length, after.Length);
        Assert.Equal(2, before.Where((b, i) => b != after[i]).Count());
    }

    [Fact]
    public void A_damaged_copy_in_the_cache_is_replaced()
    {
        string original = PackageFile();
        string copy = LibTorchSharpPatch.PatchedCopy(original, _folder);
        byte[] good = File.ReadAllBytes(copy);
        File.WriteAllBytes(copy, good[..1000]);
        Assert.Equal(copy, LibTorchSharpPatch.PatchedCopy(original, _folder));
        Assert.Equal(good, File.ReadAllBytes(copy));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void Another_file_than_the_known_one_is_refused()
    {
        string changed = Path.Combine(_folder, "libLibTorchSharp.so");
        byte[] bytes = File.ReadAllBytes(PackageFile());
        bytes[^1] ^= 1;
        File.WriteAllBytes(changed, bytes);
        var exception = Assert.Throws<CertiPureException>(
            () => LibTorchSharpPatch.PatchedCopy(changed, Path.Combine(_folder, "cache")));
        Assert.Contains("SHA-256", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "cache")));
    }

    [Fact]
    public void A_cache_that_cannot_be_a_folder_is_refused_with_advice()
    {
        string blocked = Path.Combine(_folder, "file");
        File.WriteAllText(blocked, "");
        var exception = Assert.Throws<CertiPureException>(
            () => LibTorchSharpPatch.PatchedCopy(PackageFile(), Path.Combine(blocked, "cache")));
        Assert.Contains("XDG_CACHE_HOME", exception.Message, StringComparison.Ordinal);
    }

    private static string PackageFile()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
                == System.Runtime.InteropServices.Architecture.X64,
            "The patch is for Linux on x64.");
        return Path.Combine(NativePackages.TorchSharpFolder().Path, "libLibTorchSharp.so");
    }
}
