using System.Globalization;

namespace CertiPure.Benchmarks;

/// <summary>Every ratio that this project aims at, measured in one run on one machine, and one table of them at the end.</summary>
internal static class Ratios
{
    public static void Measure(int repeats)
    {
        var lines = new List<string>();
        foreach (string name in (string[])["fashion-mnist", "cifar10-small"])
        {
            (double overTeam, double overOne) = WorkersSpeed.Measure(name, repeats);
            Add($"{name}: workers / team as before", overTeam, 1.15);
            Add($"{name}: workers / one worker, of {Environment.ProcessorCount} processors", overOne, 0.95 * Environment.ProcessorCount);
        }

        (double ddpmppOverTeam, double ddpmppOverOne) = WorkersSpeed.Measure("ddpmpp", repeats);
        Add("DDPM++: workers / team as before", ddpmppOverTeam, 1);
        Add($"DDPM++: workers / one worker, of {Environment.ProcessorCount} processors", ddpmppOverOne, 0.95 * Environment.ProcessorCount);
        Add("certify / bare forward, worst mode", CertifySpeed.Worst(repeats), 0.95);
        Add("certify beside a competitor per processor / alone", SharedSpeed.Certify(repeats), 0.45);
        Add("train beside a competitor per processor / alone", SharedSpeed.Train(repeats), 0.35);
        foreach (EngineSpeed.NetworkCase network in EngineSpeed.Networks())
        {
            IReadOnlyList<Measurement> engines = EngineSpeed.Measure(network, repeats);
            foreach (Measurement engine in engines.Skip(1))
            {
                Add($"{network.Name}: {engine.Name} / plain fp32", engine.FasterThan(engines[0]), (network.IsLarge, engine.Name) switch
                {
                    (true, "onnx fp32") => 1.15,
                    (true, "onnx int8") => 2.4,
                    _ => null,
                });
            }

            Measurement half = engines.First(engine => engine.Name == "torch bf16");
            foreach (Measurement engine in engines.Where(engine => engine.Name.StartsWith("onnx", StringComparison.Ordinal)))
            {
                double? aim = engine.Name != "onnx int8" ? null : network.IsLarge ? 1.15 : 1.2;
                Add($"{network.Name}: {engine.Name} / torch bf16", engine.FasterThan(half), aim);
            }
        }

        Console.WriteLine($"on {Machine.Processor}, {repeats} rounds");
        lines.ForEach(Console.WriteLine);

        void Add(string name, double ratio, double? aim) => lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-70} {ratio,6:f2}{(aim is null ? "" : ratio >= aim ? $"   aim {aim:f2}" : $"   aim {aim:f2}, missed")}"));
    }
}
