using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Recipes.Reproduce;

/// <summary>Where the matrix finds weights by their role: <c>edm</c>, <c>consistency-lpips</c>, <c>classifier</c>, ...</summary>
public interface IReproductionWeights
{
    /// <summary>Finds weights.</summary>
    /// <param name="role">Their role.</param>
    /// <returns>The file, or null where it is not here.</returns>
    string? Find(string role);

    /// <summary>Whether weights are here in a form that needs no converting.</summary>
    /// <param name="role">Their role.</param>
    bool IsReady(string role);

    /// <summary>What to do where weights are not here, as a clause: <c>needs edm.safetensors in models/...: certipure train ...</c>.</summary>
    /// <param name="role">Their role.</param>
    string Advice(string role);

    /// <summary>The file in a form that <see cref="Catalog.ModelCatalog"/> loads; a published one may have to be converted first.</summary>
    /// <param name="role">The role of weights that are here.</param>
    /// <exception cref="CertiPureException">They are not here, or cannot be converted.</exception>
    string Prepare(string role);
}

/// <summary>The weights of one bundled model, <c>models/NAME/ROLE.safetensors</c>; classifiers that others publish
/// (<c>resnet20-cifar10</c>) from where <c>data get</c> put them; and classifiers that the user names by their path.</summary>
public sealed class BundledWeights : IReproductionWeights
{
    private readonly BundledModels _models;
    private readonly string _model;
    private readonly string _data;
    private readonly DataLocations _locations;

    /// <summary>The weights of a model.</summary>
    /// <param name="models">The bundled models.</param>
    /// <param name="model">The model's name, which is also that of its preset.</param>
    /// <param name="data">The data set's name, for advice.</param>
    /// <param name="locations">Where downloads are.</param>
    public BundledWeights(BundledModels models, string model, string data, DataLocations locations)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(locations);
        _models = models;
        _model = model;
        _data = data;
        _locations = locations;
    }

    /// <inheritdoc/>
    public string? Find(string role)
    {
        ArgumentNullException.ThrowIfNull(role);
        return _models.Files(_model).Contains(role) ? Path.Combine(_models.Folder, _model, role + ".safetensors")
            : PublishedCheckpoints.Find(role) is { } published ? published.Find(_locations)
            : File.Exists(role) ? role : null;
    }

    /// <inheritdoc/>
    public bool IsReady(string role) => Find(role) is not null;

    /// <inheritdoc/>
    public string Advice(string role)
    {
        ArgumentNullException.ThrowIfNull(role);
        if (PublishedCheckpoints.Find(role) is not null)
        {
            return $"needs the published {role}: {ReproductionCommands.Get(role)}";
        }

        string? command = ReproductionCommands.Train(role, _model, _data);
        return $"needs {role}.safetensors in models/{_model}" + (command is null ? "" : $": {command}");
    }

    /// <inheritdoc/>
    public string Prepare(string role) => Find(role) ?? throw new CertiPureException($"{role} {Advice(role)}.");
}

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
            OutputTarget.Write(converted, temporary => CheckpointConversion.Convert(found, temporary, Published[role].Options));
        }

        return converted;
    }

    private string Converted(string role) => Path.Combine(_folder, role + ".safetensors");
}
