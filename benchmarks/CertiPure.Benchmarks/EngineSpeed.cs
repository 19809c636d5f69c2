using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Devices;
using CertiPure.Recipes.Presets;
using CertiPure.Recipes.Runs;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// A purifier's network on every engine and in every precision, beside the same weights as a PyTorch user runs them (fp32, NCHW, eager,
/// a noise level per image, one team of threads) and beside the most that the machine computes.
/// </summary>
internal static class EngineSpeed
{
    /// <summary>An engine on a network: how each worker computes a batch.</summary>
    /// <param name="Name">The engine and its precision: <c>onnx int8</c>.</param>
    /// <param name="Open">Prepares the engine; disposing what it gives ends it. <c>Run</c> computes one batch and may be called by
    /// several threads at once.</param>
    internal sealed record Engine(string Name, Func<NetworkCase, (IDisposable Owner, Action Run)> Open);

    /// <summary>A network to measure.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Batch">Images of one batch.</param>
    /// <param name="Calls">Batches that a worker computes in a round.</param>
    /// <param name="Create">Makes it, with the same weights each time.</param>
    internal sealed record NetworkCase(string Name, int Batch, int Calls, Func<Denoiser> Create)
    {
        /// <summary>Whether it is of the size of published networks.</summary>
        public bool IsLarge { get; init; }
    }

    /// <summary>The engines that are measured, beside plain fp32. One more engine is one more line.</summary>
    private static readonly Engine[] Engines =
    [
        new("torch fp32", network => OpenTorch(network, Precision.Fp32)),
        new("torch bf16", network => OpenTorch(network, Precision.Bf16)),
        new("onnx fp32", network => OpenOnnx(network, Precision.Fp32)),
        new("onnx int8", network => OpenOnnx(network, Precision.Int8)),
    ];

    public static void Measure(int repeats)
    {
        foreach (NetworkCase network in Networks())
        {
            Measure(network, repeats);
        }
    }

    /// <summary>DDPM++ for CIFAR-10 and the networks of the bundled models.</summary>
    internal static IEnumerable<NetworkCase> Networks()
    {
        yield return new NetworkCase("DDPM++ for CIFAR-10, batch 32", 32, 1, () => Fresh(new SongUNet(Ddpmpp))) { IsLarge = true };
        foreach (string model in (string[])["cifar10-small", "fashion-mnist"])
        {
            if (BundledModels.OfProgram.Find(model, ["consistency-lpips", "consistency"]) is { } path)
            {
                yield return new NetworkCase($"bundled {model}, batch 64", 64, 10, () => PurifierCheckpoint.Load(path));
            }
        }
    }

    internal static SongUNetOptions Ddpmpp { get; } = new()
    {
        Resolution = 32, Channels = 3, ChannelMult = [2, 2, 2], AttnResolutions = [16], Dropout = 0.13, AugmentLabelCount = 9,
    };

    /// <summary>Measures the engines on one network.</summary>
    /// <returns>Plain fp32, then each engine.</returns>
    internal static IReadOnlyList<Measurement> Measure(NetworkCase network, int repeats)
    {
        using Denoiser plain = network.Create();
        plain.eval();
        double operations = SongUNetOperations.PerImage((SongUNet)plain.Network);
        double parameters = plain.parameters().Sum(parameter => parameter.numel());
        using Tensor images = Images(plain, network.Batch), levels = ones(network.Batch);
        var owners = new List<IDisposable>();
        try
        {
            double amount = network.Batch * network.Calls;
            var computations = new List<Computation>
            {
                Alternation.Of("plain fp32, a level per image, one team", Alternation.Team, amount, () => Repeat(() => Denoise(plain, images, levels))),
            };
            foreach (Engine engine in Engines)
            {
                (IDisposable owner, Action run) = engine.Open(network);
                owners.Add(owner);
                computations.Add(Alternation.Of(engine.Name, Alternation.Workers, amount, () => Repeat(run)));
            }

            int networks = computations.Count;
            computations.AddRange(Peak.Computations(ScalarType.Float32));
            int singles = computations.Count;
            computations.AddRange(Peak.Computations(ScalarType.BFloat16));
            IReadOnlyList<Measurement> times = Alternation.Measure(repeats, computations);
            Console.WriteLine(
                $"{network.Name}: {parameters / 1e6:f1}M parameters, {operations / 1e9:f2} GFLOP per image, on {Machine.Processor}");
            foreach (Measurement time in times.Take(networks))
            {
                time.Print(
                    $"{time.Rate,7:f2} images/s, {operations * time.Rate / 1e9:f0} GFLOP/s, {time.FasterThan(times[0]):f2} times plain fp32");
            }

            Measurement single = Peak.Best(times.Take(singles).Skip(networks)), half = Peak.Best(times.Skip(singles));
            Console.WriteLine($"  peak fp32 {single.BestRate / 1e9:f0} GFLOP/s ({single.Name})");
            Console.WriteLine($"  peak bf16 {half.BestRate / 1e9:f0} GFLOP/s ({half.Name}), of which torch bf16 reaches {operations * times[2].BestRate / half.BestRate:p0}");
            return [.. times.Take(networks)];
        }
        finally
        {
            owners.ForEach(owner => owner.Dispose());
        }

        void Repeat(Action run)
        {
            for (int i = 0; i < network.Calls; i++)
            {
                run();
            }
        }
    }

    private static (IDisposable Owner, Action Run) OpenTorch(NetworkCase network, Precision precision)
    {
        Denoiser denoiser = network.Create();
        denoiser.eval();
        NetworkPrecision.Convert(denoiser, precision);
        Tensor images = Images(denoiser, network.Batch), level = ones(1);
        return (new Owners([denoiser, images, level]), () => Denoise(denoiser, images, level));
    }

    private static (IDisposable Owner, Action Run) OpenOnnx(NetworkCase network, Precision precision)
    {
        using Denoiser denoiser = network.Create();
        denoiser.eval();
        var graph = new OnnxNetwork(denoiser, network.Batch, precision);
        return (graph, graph.Compute);
    }

    private static Tensor Images(Denoiser denoiser, int batch)
    {
        var shape = denoiser.Network.Shape;
        return randn(batch, shape.Channels, shape.Height, shape.Width).DetachFromDisposeScope();
    }

    private static void Denoise(Denoiser denoiser, Tensor images, Tensor levels)
    {
        using Tensor denoised = denoiser.Denoise(images, levels);
    }

    private static Denoiser Fresh(SongUNet network)
    {
        FreshWeights.Draw(network, 1);
        return new Denoiser(network, new EdmPreconditioning());
    }

    private sealed class Owners(IReadOnlyList<IDisposable> parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (IDisposable part in parts)
            {
                part.Dispose();
            }
        }
    }
}
