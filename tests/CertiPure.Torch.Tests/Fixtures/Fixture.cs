using System.Text.Json;
using CertiPure.Torch.Checkpoints;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>One folder with inputs and outputs of a reference implementation: <c>spec.json</c> says what was computed and
/// <c>io.safetensors</c> holds the numbers. The weights follow a formula.</summary>
internal sealed class Fixture : IDisposable
{
    private readonly JsonDocument _spec;
    private readonly Checkpoint _numbers;

    public Fixture(string folder)
    {
        Folder = folder;
        _spec = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "spec.json")));
        _numbers = SafeTensors.Read(Path.Combine(folder, "io.safetensors"));
        Reference = _spec.RootElement.GetProperty("reference").GetString()!;
        Parameters = _spec.RootElement.GetProperty("parameters").GetInt64();
        Arguments = _spec.RootElement.TryGetProperty("arguments", out JsonElement arguments)
            ? arguments
            : JsonDocument.Parse("{}").RootElement;
    }

    public string Folder { get; }

    public string Name => Path.GetFileName(Folder);

    /// <summary>The reference implementation in words; this is what decides who checks the fixture.</summary>
    public string Reference { get; }

    /// <summary>The arguments of the reference's constructor.</summary>
    public JsonElement Arguments { get; }

    /// <summary>diffusers' scheduler file.</summary>
    public JsonElement Scheduler => _spec.RootElement.GetProperty("scheduler");

    public long Parameters { get; }

    public IEnumerable<string> Numbers => _numbers.Tensors.Select(tensor => tensor.Name);

    public bool Has(string name) => _numbers.TryGet(name, out _);

    public Tensor this[string name] => CheckpointLoader.ToTensor(_numbers[name]);

    /// <summary>The reference's weights.</summary>
    /// <param name="seedOffset">Added to the fixture's seed, for fixtures of several networks.</param>
    public Checkpoint Weights(ulong seedOffset = 0)
    {
        ulong seed = _spec.RootElement.GetProperty("formula_seed").GetUInt64() + seedOffset;
        bool lastDimensionIsOutput = _spec.RootElement.TryGetProperty("fan", out _);
        return new Checkpoint(_spec.RootElement.GetProperty("tensors").EnumerateArray().Select((entry, index) =>
        {
            string name = entry[0].GetString()!;
            long[] shape = [.. entry[1].EnumerateArray().Select(length => length.GetInt64())];
            float[] values = FormulaWeights.Generate(name, shape, index, seed, lastDimensionIsOutput);
            return CheckpointTensor.FromSingles(name, shape, values);
        }));
    }

    /// <summary>The reference's tensors by name and shape alone, with no memory behind them: for what looks at names.</summary>
    public Checkpoint EmptyWeights() =>
        new(_spec.RootElement.GetProperty("tensors").EnumerateArray().Select(entry => CheckpointTensor.OfShape(
            entry[0].GetString()!, ElementType.Float32, [.. entry[1].EnumerateArray().Select(length => length.GetInt64())])));

    public void Dispose()
    {
        _spec.Dispose();
        _numbers.Dispose();
    }
}
