using System.Diagnostics;
using System.Globalization;
using CertiPure.Fuzz;

// Fuzzing of the checkpoint readers. Whatever the bytes, a reader must end in tensors, or a network, or in a CertiPureException.
//
//   dotnet run -c Release --project fuzz/CertiPure.Fuzz -- corpus FOLDER            writes a sound file of each format
//   dotnet run -c Release --project fuzz/CertiPure.Fuzz -- random FORMAT SECONDS [SEED]
//                                                        changes bytes of a sound file at random; needs nothing else
//   afl-fuzz -i corpus/FORMAT -o findings -- dotnet CertiPure.Fuzz.dll afl FORMAT
//                                                        guided by coverage; first instrument CertiPure.Torch.dll with the tool 'sharpfuzz'
//
// FORMAT is one of safetensors, pytorch-zip, pytorch-legacy, pickle, flax, or a configuration of a folder: diffusers-config,
// diffusers-scheduler, diffusers-pipeline, shard-index.
using var targets = new Targets();
switch (args)
{
    case ["corpus", var folder]:
        foreach ((string format, byte[] file) in targets.Sound)
        {
            Directory.CreateDirectory(Path.Combine(folder, format));
            File.WriteAllBytes(Path.Combine(folder, format, "sound"), file);
        }

        return 0;
    case ["random", var format, var seconds, ..] when targets.Sound.TryGetValue(format, out byte[]? sound)
        && double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit):
        return ChangeAtRandom(targets, format, sound, limit, args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : Environment.TickCount);
    case ["afl", var format] when targets.Sound.ContainsKey(format):
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var content = new MemoryStream();
            stream.CopyTo(content);
            targets.Read(format, content.ToArray());
        });
        return 0;
    default:
        Console.Error.WriteLine($"Usage: corpus FOLDER | random FORMAT SECONDS [SEED] | afl FORMAT, FORMAT one of {string.Join(", ", targets.Sound.Keys)}");
        return 2;
}

static int ChangeAtRandom(Targets targets, string format, byte[] sound, double seconds, int seed)
{
    var random = new Random(seed);
    var clock = Stopwatch.StartNew();
    long tried = 0;
    long refused = 0;
    double slowest = 0;
    while (clock.Elapsed.TotalSeconds < seconds)
    {
        List<byte> changed = [.. sound];
        for (int changes = random.Next(1, 9); changes > 0; changes--)
        {
            int position = random.Next(changed.Count);
            switch (random.Next(6))
            {
                case 0: changed.RemoveAt(position); break;
                case 1: changed.Insert(position, (byte)random.Next(256)); break;
                case 2: changed[position] = (byte)(random.Next(2) * 255); break;
                case 3: changed[position] = changed[random.Next(changed.Count)]; break;
                default: changed[position] ^= (byte)(1 << random.Next(8)); break;
            }
        }

        tried++;
        double before = clock.Elapsed.TotalSeconds;
        try
        {
            refused += targets.Read(format, [.. changed]) ? 0 : 1;
        }
        catch (Exception error)
        {
            File.WriteAllBytes("finding", [.. changed]);
            Console.Error.WriteLine($"Seed {seed}, file {tried}, kept as 'finding': {error}");
            return 1;
        }

        slowest = Math.Max(slowest, clock.Elapsed.TotalSeconds - before);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}: {tried} files, {refused} refused, {tried - refused} read, slowest {slowest * 1000:F1} ms, nothing found"));
    return 0;
}
