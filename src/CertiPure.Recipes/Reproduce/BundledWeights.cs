using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Reproduce;

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
