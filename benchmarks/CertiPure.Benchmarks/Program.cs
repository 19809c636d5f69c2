using System.Globalization;
using CertiPure.Benchmarks;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

// Arguments: "training" for the trainer's own benchmark, else batch size (32), repeats (5), threads (libtorch's choice), folder of a bundled model (none).
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["training", ..])
{
    TrainingBenchmark.Run(args[1..]);
    return;
}

int batch = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 32;
int repeats = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
LibTorch.Load();
if (args.Length > 2)
{
    LibTorch.Threads = int.Parse(args[2], CultureInfo.InvariantCulture);
}

LibTorchDescription machine = LibTorch.Describe();
Console.WriteLine($"libtorch {machine.Version}, {machine.Capability}, {machine.Threads} threads, batch {batch}, {repeats} repeats");

const int Side = 2048;
var ddpmpp = new SongUNetOptions
{
    Resolution = 32, Channels = 3, ChannelMult = [2, 2, 2], AttnResolutions = [16], Dropout = 0.13, AugmentLabelCount = 9,
};
using Denoiser plain = Build(Precision.Fp32), fast = Build(Precision.Bf16);
double operations = SongUNetOperations.PerImage((SongUNet)plain.Network);
using Tensor images = randn(batch, 3, 32, 32), levels = ones(batch), level = ones(1);
using Tensor single = randn(Side, Side), half = single.to(ScalarType.BFloat16);
IReadOnlyList<Measurement> times = Alternation.Measure(
    repeats,
    ("DDPM++ 55.7M, plain fp32, a level per image", () => plain.Denoise(images, levels)),
    ("DDPM++ 55.7M, bf16, one level", () => fast.Denoise(images, level)),
    ("matrix product 2048, fp32", () => single.matmul(single)),
    ("matrix product 2048, bf16", () => half.matmul(half)));
Console.WriteLine($"{operations / 1e9:f1} GFLOP per image (convolutions and attention)");
double product = 2.0 * Side * Side * Side;
PrintNetwork(times[0], operations);
PrintNetwork(times[1], operations);
Print(times[2], $"{product / times[2].Median / 1e9,7:f0} GFLOP/s");
Print(times[3], $"{product / times[3].Median / 1e9,7:f0} GFLOP/s");
double share = operations * batch / times[1].Median / (product / times[3].Median);
Console.WriteLine($"fast / plain {times[0].Median / times[1].Median:f2}, share of the bf16 peak {share:p0}");

if (args.Length > 3)
{
    MeasureBundled(args[3]);
}

return;

Denoiser Build(Precision precision)
{
    var network = new SongUNet(ddpmpp);
    FreshWeights.Draw(network, 1);
    var denoiser = new Denoiser(network, new EdmPreconditioning());
    denoiser.eval();
    NetworkPrecision.Convert(denoiser, precision);
    return denoiser;
}

void MeasureBundled(string folder)
{
    using var exact = new ConsistencyPurifier(PurifierCheckpoint.Load(Path.Combine(folder, "consistency.safetensors")));
    using var rounded = new ConsistencyPurifier(
        PurifierCheckpoint.Load(Path.Combine(folder, "consistency.safetensors")), precision: Precision.Bf16);
    string file = Path.Combine(folder, "classifier.safetensors");
    using TorchClassifier exactClassifier = ClassifierCheckpoint.Load(file);
    using TorchClassifier roundedClassifier = ClassifierCheckpoint.Load(file, Precision.Bf16);
    var exactBase = new TorchBaseClassifier(exact, exactClassifier, 0.5, batch);
    var roundedBase = new TorchBaseClassifier(rounded, roundedClassifier, 0.5, batch);
    var noisy = new ImageBatch(exact.Shape, batch);
    int[] labels = new int[batch];
    IReadOnlyList<Measurement> bundled = Alternation.Measure(
        repeats,
        ("bundled classifier, fp32", () => exactClassifier.Logits(noisy)),
        ("bundled classifier, bf16", () => roundedClassifier.Logits(noisy)),
        ("bundled purifier and classifier, fp32", () => exactBase.Classify(noisy, labels)),
        ("bundled purifier and classifier, bf16", () => roundedBase.Classify(noisy, labels)));
    foreach (Measurement measurement in bundled)
    {
        Print(measurement, $"{batch / measurement.Median,7:f0} images/s");
    }
}

void PrintNetwork(Measurement measurement, double perImage) => Print(
    measurement,
    $"{batch / measurement.Median,7:f2} images/s, {perImage * batch / measurement.Median / 1e9:f0} GFLOP/s");

void Print(Measurement measurement, string rate) =>
    Console.WriteLine($"{measurement.Name,-46} {measurement.Median * 1000,9:f1} ms, spread {measurement.Spread:p0}, {rate}");
