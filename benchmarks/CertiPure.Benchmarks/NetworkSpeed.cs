using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Benchmarks;

/// <summary>
/// A purifier's network three ways: as a PyTorch user runs it (fp32, NCHW, eager, a noise level per image), on the fast path
/// (one level for all) in fp32 and in bf16; beside the matrix products that this machine can do at most.
/// </summary>
internal static class NetworkSpeed
{
    private const int Side = 2048;

    public static void MeasureDdpmpp(int repeats)
    {
        var ddpmpp = new SongUNetOptions
        {
            Resolution = 32, Channels = 3, ChannelMult = [2, 2, 2], AttnResolutions = [16], Dropout = 0.13, AugmentLabelCount = 9,
        };
        Measure("DDPM++ for CIFAR-10, batch 32", () => new SongUNet(ddpmpp), batch: 32, calls: 1, repeats);
    }

    public static void MeasureSmall(int repeats)
    {
        NetworkRecipe recipe = TrainingPreset.Load("cifar10-small").Recipe<EdmRecipe>("edm", []).Network;
        Measure("cifar10-small, batch 64", () => recipe.Create<SongUNet>(seed: 1), batch: 64, calls: 10, repeats);
    }

    private static void Measure(string name, Func<SongUNet> create, int batch, int calls, int repeats)
    {
        using Denoiser plain = Build(create(), Precision.Fp32), fast = Build(create(), Precision.Bf16);
        var shape = plain.Network.Shape;
        double operations = SongUNetOperations.PerImage((SongUNet)plain.Network);
        double parameters = plain.parameters().Sum(parameter => parameter.numel());
        using Tensor images = randn(batch, shape.Channels, shape.Height, shape.Width), levels = ones(batch), level = ones(1);
        using Tensor single = randn(Side, Side), half = single.to(ScalarType.BFloat16);
        IReadOnlyList<Measurement> times = Alternation.Measure(
            repeats,
            ("plain fp32, a level per image", () => Denoise(plain, levels)),
            ("fast path, fp32", () => Denoise(plain, level)),
            ("fast path, bf16", () => Denoise(fast, level)),
            ($"matrix product {Side}, fp32", () => single.matmul(single)),
            ($"matrix product {Side}, bf16", () => half.matmul(half)));
        Console.WriteLine($"{name}: {parameters / 1e6:f1}M parameters, {operations / 1e9:f2} GFLOP per image");
        foreach (Measurement network in times.Take(3))
        {
            double seconds = network.Median / calls;
            network.Print($"{batch / seconds,7:f2} images/s, {operations * batch / seconds / 1e9:f0} GFLOP/s");
        }

        double product = 2.0 * Side * Side * Side;
        foreach (Measurement peak in times.Skip(3))
        {
            peak.Print($"{product / peak.Median / 1e9:f0} GFLOP/s");
        }

        double share = operations * batch * calls / product * times[2].FasterThan(times[4]);
        Console.WriteLine(
            $"  fast fp32 / plain {times[1].FasterThan(times[0]):f2}, fast bf16 / plain {times[2].FasterThan(times[0]):f2}, "
            + $"share of the bf16 peak {share:p0}");

        void Denoise(Denoiser denoiser, Tensor t)
        {
            for (int i = 0; i < calls; i++)
            {
                using Tensor denoised = denoiser.Denoise(images, t);
            }
        }
    }

    private static Denoiser Build(SongUNet network, Precision precision)
    {
        FreshWeights.Draw(network, 1);
        var denoiser = new Denoiser(network, new EdmPreconditioning());
        denoiser.eval();
        NetworkPrecision.Convert(denoiser, precision);
        return denoiser;
    }
}
