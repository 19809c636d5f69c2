using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The checkpoints that the paper used, from where <c>data get</c> put them, converted once; for what nobody publishes, the
/// files of a model of one's own.</summary>
public sealed class PublishedWeights : IReproductionWeights
{
    private static readonly Dictionary<string, (string Name, ConversionOptions Options)> Published = new()
    {
        ["ddpm"] = ("ddpm-cifar10", new ConversionOptions()),
        ["edm"] = ("edm-cifar10", new ConversionOptions { Preconditioning = "edm" }),
        ["consistency"] = ("consistency-cifar10", new ConversionOptions { Preconditioning = "consistency" }),
        ["consistency-lpips"] = ("consistency-cifar10-finetuned", new ConversionOptions { Preconditioning = "consistency" }),
        ["classifier"] = ("vit-cifar10", new ConversionOptions
        {
            Metadata = new Dictionary<string, string> { ["shape"] = "3x32x32", ["mean"] = "0.5,0.5,0.5", ["std"] = "0.5,0.5,0.5" },
        }),
    };

    private readonly BundledWeights _own;
    private readonly DataLocations _locations;
    private readonly string _folder;

    /// <summary>The weights.</summary>
    /// <param name="own">The files of a model of one's own, which go before published ones.</param>
    /// <param name="locations">Where downloads are.</param>
    /// <param name="folder">Where converted files go.</param>
    public PublishedWeights(BundledWeights own, DataLocations locations, string folder)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(locations);
        _own = own;
        _locations = locations;
        _folder = folder;
    }

    /// <inheritdoc/>
    public string? Find(string role) => _own.Find(role)
        ?? (Published.TryGetValue(role, out (string Name, ConversionOptions Options) known)
            ? PublishedCheckpoints.Find(known.Name)!.Find(_locations)
            : null);

    /// <inheritdoc/>
    public bool IsReady(string role) => _own.IsReady(role) || (Find(role) is not null && File.Exists(Converted(role)));

    /// <inheritdoc/>
    public string Advice(string role) => Published.TryGetValue(role, out (string Name, ConversionOptions Options) known)
        ? $"needs the published {known.Name}: {ReproductionCommands.Get(known.Name)}"
        : $"{_own.Advice(role)}; nobody publishes these weights";

    /// <inheritdoc/>
    public string Prepare(string role)
    {
        if (_own.Find(role) is { } own)
        {
            return own;
        }

        string found = Find(role) ?? throw new CertiPureException($"{role} {Advice(role)}.");
        string converted = Converted(role);
        if (!File.Exists(converted))
        {
            LibTorch.Load();
            Directory.CreateDirectory(_folder);
            string temporary = Path.Combine(_folder, $".{role}-{Environment.ProcessId}.safetensors");
            CheckpointConversion.Convert(found, temporary, Published[role].Options);
            File.Move(temporary, converted, overwrite: true);
        }

        return converted;
    }

    private string Converted(string role) => Path.Combine(_folder, role + ".safetensors");
}
