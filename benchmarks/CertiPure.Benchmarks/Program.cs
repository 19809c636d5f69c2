using System.CommandLine;
using System.Globalization;
using CertiPure.Benchmarks;
using CertiPure.Torch.Backend;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Name, string Description, Action<int> Measure)[] parts =
[
    ("network", "EDM's DDPM++ for CIFAR-10: plain fp32 against the fast path.", NetworkSpeed.MeasureDdpmpp),
    ("small", "The network of the preset cifar10-small, likewise.", NetworkSpeed.MeasureSmall),
    ("bundled", "The bundled classifier, alone and behind its purifier.", BundledSpeed.Measure),
    ("certify", "The whole of certify against the bare forward pass of the same base classifier.", CertifySpeed.Measure),
];
(string Name, string Description, Action<int> Measure) training =
    ("training", "The trainings of the preset cifar10-small against plain fp32.", TrainingBenchmark.Run);
var repeats = new Option<int>("--repeats")
{
    Description = "Rounds that are counted; one more warms up.", DefaultValueFactory = _ => 5, Recursive = true,
};
var threads = new Option<int?>("--threads")
{
    Description = "Threads of one operation; libtorch's choice by default.", Recursive = true,
};
var minutes = new Option<int>("--minutes") { Description = "How long to watch.", DefaultValueFactory = _ => 60 };

var root = new RootCommand("Measures speed in alternation; without a command everything but training and leak, in minutes.") { repeats, threads };
root.SetAction(parse =>
{
    Prepare(parse);
    Array.ForEach(parts, part => part.Measure(parse.GetValue(repeats)));
});
foreach ((string name, string description, Action<int> measure) in parts.Append(training))
{
    var command = new Command(name, description);
    command.SetAction(parse =>
    {
        Prepare(parse);
        measure(parse.GetValue(repeats));
    });
    root.Add(command);
}

var leak = new Command("leak", "Certifies for as long as told; prints live tensors and resident memory each minute.") { minutes };
leak.SetAction((parse, cancellation) =>
{
    Prepare(parse);
    return LeakWatch.RunAsync(parse.GetValue(minutes), cancellation);
});
root.Add(leak);
return await root.Parse(args).InvokeAsync();

void Prepare(ParseResult parse)
{
    LibTorch.Load();
    if (parse.GetValue(threads) is { } count)
    {
        LibTorch.Threads = count;
    }

    LibTorchDescription machine = LibTorch.Describe();
    Console.WriteLine($"libtorch {machine.Version}, {machine.Capability}, {machine.Threads} threads, {parse.GetValue(repeats)} repeats");
}
