using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CertiPure.Torch.Checkpoints;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Checkpoints;

[Trait("group", "long")]
[Collection(nameof(AloneTests))]
public sealed class LargeFileTests : IDisposable
{
    private const int Layers = 16;
    private const int Width = 4096;
    private const int Rounds = 5;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Loading_a_gigabyte_takes_at_most_1_3_times_its_size_in_extra_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process's memory is read from Linux's /proc.");
        byte[] weights = RandomNumberGenerator.GetBytes(Width * Width * sizeof(float));
        string path = folder["large.safetensors"];
        SafeTensors.Write(path, new Checkpoint(
            Enumerable.Range(0, Layers).Select(i => CheckpointTensor.FromBytes($"{i}.weight", ElementType.Float32, [Width, Width], weights))));
        long size = new FileInfo(path).Length;

        double memory = 0;
        for (int round = 0; round < Rounds; round++)
        {
            File.Delete(folder["copy"]);
            var watch = Stopwatch.StartNew();
            File.Copy(path, folder["copy"]);
            double copySeconds = watch.Elapsed.TotalSeconds;

            using var network = new EmptyLayers(Layers, Width);
            long before = Status("VmRSS");
            File.WriteAllText("/proc/self/clear_refs", "5");
            watch.Restart();
            using (Checkpoint checkpoint = CheckpointReader.Open(path))
            {
                CheckpointLoader.Load(network, checkpoint);
            }

            double loadSeconds = watch.Elapsed.TotalSeconds;
            double taken = (double)(Status("VmHWM") - before) / size;
            memory = Math.Max(memory, taken);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{size / 1e9:F2} GB: copied in {copySeconds:F2} s, loaded in {loadSeconds:F2} s, extra memory {taken:F2} of the size"));
            using Tensor last = network.state_dict()[$"{Layers - 1}.weight"];
            Assert.True(last.bytes.SequenceEqual(weights));
        }

        Assert.InRange(memory, 0.5, 1.3);
    }

    private static long Status(string field) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]
            .Trim(), CultureInfo.InvariantCulture);

    private sealed class EmptyLayers : nn.Module
    {
        public EmptyLayers(int count, int width)
            : base(nameof(EmptyLayers))
        {
            for (int i = 0; i < count; i++)
            {
                var layer = new EmptyLayer(width);
                register_module(i.ToString(CultureInfo.InvariantCulture), layer);
            }
        }
    }

    private sealed class EmptyLayer : nn.Module
    {
        public EmptyLayer(int width)
            : base(nameof(EmptyLayer)) => register_parameter("weight", nn.Parameter(empty(width, width)));
    }
}
