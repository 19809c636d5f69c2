using CertiPure.Cli.Tests.Deployment;

namespace CertiPure.Cli.Tests.OwnData;

/// <summary>The road of docs/own-data.md with small budgets: photos and networks that come from elsewhere, a purifier of their own,
/// certificates, a report.</summary>
[Trait("group", "long")]
public sealed class OwnDataRoadTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_folder_of_photos_and_a_network_of_PyTorch_lead_to_certificates_and_a_report()
    {
        await MakePhotosAndNetworkAsync();
        string photos = _bench.At("photos"), purifier = _bench.At("mypurifier"), report = _bench.At("report.html");
        foreach (string file in (string[])["mine.pt", "mine.onnx"])
        {
            (await CommandResult.Of(
                "describe", _bench.At(file), "--shape", "3x64x64", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225",
                "--classes", _bench.At("names.txt"), "--out", _bench.At(file + ".json"))).Succeeded();
        }

        CommandResult trained = await CommandResult.Of(
            "train", "purifier", "--data", photos, "--hours", "0.02", "--threads", "1", "--classifier", _bench.At("mine.pt.json"), "--out", purifier);
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains("below 1,000 a purifier learns them by heart", trained.Error, StringComparison.Ordinal);
        Assert.Contains("at radius 0.25, without it", trained.Output + trained.Error, StringComparison.Ordinal);
        Assert.All(
            (string[])["consistency.safetensors", "edm.safetensors", "card.md", "heldout.png"],
            file => Assert.True(File.Exists(Path.Combine(purifier, file)), file));

        // The ONNX file is the same network; together with the purifier it goes into certificates.
        (await CommandResult.Of(
            "certify", "--data", photos, "--images", "0..5", "--classifier", _bench.At("mine.onnx.json"), "--purifier", $"consistency:{purifier}",
            "--sigma", "0.25", "--n", "100", "--seed", "0", "--out", _bench.Run)).Succeeded();
        (await CommandResult.Of("verify", _bench.Run, "--replay", "1", "--data", photos, "--classifier", _bench.At("mine.onnx.json"), "--purifier", $"consistency:{purifier}")).Succeeded();
        (await CommandResult.Of("report", _bench.Run, "--format", "html", "--data", photos, "--out", report)).Succeeded();
        Assert.Contains("Certified accuracy", File.ReadAllText(report), StringComparison.Ordinal);
        string csv = (await CommandResult.Of("export", _bench.Run, "--format", "csv")).Succeeded();
        Assert.Contains("goldfish/val_", csv, StringComparison.Ordinal);
    }

    private async Task MakePhotosAndNetworkAsync()
    {
        string archive = Path.Combine(
            Environment.GetEnvironmentVariable("CERTIPURE_DATA") ?? "", "tiny-imagenet", "tiny-imagenet-200-val.tar.xz");
        Assert.SkipUnless(File.Exists(archive), "CERTIPURE_DATA holds no tiny-imagenet/tiny-imagenet-200-val.tar.xz.");
        (int missing, _) = await RunAsync("-c", "import torch, torchvision");
        Assert.SkipUnless(missing == 0, "Debian's python3-torch and python3-torchvision are not installed.");
        (int exitCode, string errors) = await RunAsync(
            Path.Combine(Script.Root, "tests", "CertiPure.Cli.Tests", "OwnData", "photos_and_network.py"), archive, _bench.Folder);
        Assert.True(exitCode == 0, errors);
    }

    private async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        if (!File.Exists(Python))
        {
            return (-1, "");
        }

        (int exitCode, _, string errors) = await Script.RunAsync(_bench.Folder, new Dictionary<string, string>(), Python, arguments);
        return (exitCode, errors);
    }
}
