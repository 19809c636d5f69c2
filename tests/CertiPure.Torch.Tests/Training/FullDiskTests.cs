using System.Diagnostics;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>A disk that is really full: a file system of a few kilobytes in memory. Mounting it needs root, without which the test
/// is skipped.</summary>
[Collection(nameof(AloneTests))]
public sealed class FullDiskTests : IDisposable
{
    private static readonly TrainerOptions Options = new()
    {
        Seed = 5,
        Steps = 6,
        BatchSize = 8,
        EmaDecays = [0.9],
        CheckpointSeconds = 0,
    };

    private readonly int _threads = get_num_threads();
    private readonly TemporaryFolder _folder = new();
    private bool _isMounted;

    public FullDiskTests() => set_num_threads(1);

    private string Disk => _folder["disk"];

    private string State => Path.Combine(Disk, "run", "state.safetensors");

    public void Dispose()
    {
        set_num_threads(_threads);
        if (_isMounted)
        {
            Run("umount", Disk);
        }

        _folder.Dispose();
    }

    [Fact]
    public void A_full_disk_stops_the_run_keeps_the_last_checkpoint_and_the_run_goes_on_once_there_is_room()
    {
        Directory.CreateDirectory(Disk);
        _isMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", Disk);
        Assert.SkipUnless(
            _isMounted,
            "A small file system cannot be mounted here; that takes root on Linux.");
        byte[] whole = Train(_folder["whole"], stopAfter: null);
        Assert.Throws<OperationCanceledException>(() => Train(Path.Combine(Disk, "run"), stopAfter: 2));
        byte[] before = File.ReadAllBytes(State);
        string filler = Path.Combine(Disk, "filler");
        Fill(filler);

        var error = Assert.Throws<CertiPureException>(() => Train(Path.Combine(Disk, "run"), stopAfter: null));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(State));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(State)!, "*.partial*"));

        File.Delete(filler);
        Assert.Equal(whole, Train(Path.Combine(Disk, "run"), stopAfter: null));
    }

    /// <summary>Leaves a few kilobytes: enough to begin a checkpoint, too little to finish one.</summary>
    private static void Fill(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            stream.SetLength(Math.Max(0, stream.Length - 4096));
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static byte[] Train(string folder, int? stopAfter)
    {
        using var network = new TinyDenoiser();
        using TrainingData data = TinyData.Create();
        using var cancellation = new CancellationTokenSource();
        var loss = new EdmLoss(network.Denoise, new LogNormalLevels(-0.5, 1));
        using var trainer = new Trainer(
            network, loss, data, Options, new TrainingRun(folder, "tiny", new TrainedPart(new Dictionary<string, string>())));
        trainer.TryResume();
        while (stopAfter is int steps && trainer.StepsDone < steps - 1)
        {
            trainer.Step();
        }

        if (stopAfter is not null)
        {
            cancellation.Cancel();
        }

        trainer.Train(cancellation: cancellation.Token);
        using Checkpoint result = trainer.Result();
        return [.. result.Tensors.SelectMany(tensor => tensor.ToBytes())];
    }
}
