using System.CommandLine;
using System.Globalization;
using CertiPure.Benchmarks;
using CertiPure.Torch.Backend;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Name, string Description, Action<int> Measure)[] parts =
[
    ("engines", "DDPM++ and the bundled purifiers on every engine, against plain fp32 and the machine's peak.", EngineSpeed.Measure),
    ("bundled", "The bundled classifier, alone and behind its purifier.", BundledSpeed.Measure),
    ("workers", "One worker, one and two for each processor, and one team of threads.", WorkersSpeed.Measure),
    ("certify", "The whole of certify against the bare forward pass of the same base classifier.", CertifySpeed.Measure),
    ("shared", "Certification and training beside one busy competitor for each processor.", SharedSpeed.Measure),
];
(string Name, string Description, Action<int> Measure)[] further =
[
    ("training", "The trainings of the preset cifar10-small against plain fp32.", TrainingBenchmark.Run),
    ("ratios", "Every ratio that is aimed at, in one run, with one table at the end.", Ratios.Measure),
    ("noise", "The noise that one core draws.", _ => NoiseBenchmark.Measure()),
    ("peer", "PyTorch's own loop of draws on the bundled classifier, where python3 has it.", PeerSpeed.Measure),
];
var repeats = new Option<int>("--repeats")
{
    Description = "Rounds that are counted; one more warms up.", DefaultValueFactory = _ => 5, Recursive = true,
};
var minutes = new Option<int>("--minutes") { Description = "How long to watch.", DefaultValueFactory = _ => 60 };

var root = new RootCommand("Measures speed in alternation; without a command all parts up to shared, in minutes.") { repeats };
root.SetAction(parse =>
{
    Prepare(parse);
    Array.ForEach(parts, part => part.Measure(parse.GetValue(repeats)));
});
foreach ((string name, string description, Action<int> measure) in parts.Concat(further))
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

// What WorkProcess starts.
var busy = new Command("busy") { Hidden = true };
busy.SetAction(_ => WorkProcess.BeBusy());
root.Add(busy);
var what = new Argument<string>("WHAT");
var network = new Argument<string>("NAME") { DefaultValueFactory = _ => "" };
var work = new Command("work") { what, network };
work.Hidden = true;
work.SetAction(parse =>
{
    LibTorch.Load();
    switch (parse.GetRequiredValue(what))
    {
        case "certify":
            CertifySpeed.Answer();
            break;
        case "train":
            TrainingBenchmark.Answer();
            break;
        default:
            WorkersSpeed.Answer(parse.GetRequiredValue(network));
            break;
    }
});
root.Add(work);
return await root.Parse(args).InvokeAsync();

void Prepare(ParseResult parse)
{
    LibTorch.Load();
    Console.WriteLine($"libtorch {LibTorch.Describe().Version} on {Machine.Processor}, {parse.GetValue(repeats)} repeats");
}
