using CertiPure.Recipes.Runs;

namespace CertiPure.Server.Models;

/// <summary>What the service certifies with: models and data sets by name.</summary>
public interface IModelLibrary
{
    /// <summary>The models on offer, the first being the page's choice.</summary>
    IReadOnlyList<ModelOffer> Models { get; }

    /// <summary>The data sets whose test images are on offer.</summary>
    IReadOnlyList<DataSetOffer> DataSets { get; }

    /// <summary>Loads what a noise level and a purifier make of a model. Called once for each, on a thread that may block.</summary>
    /// <param name="model">A name among <see cref="Models"/>.</param>
    /// <param name="purifier">A name among the model's purifiers.</param>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <exception cref="CertiPureException">A file is missing or damaged.</exception>
    BaseModel Load(string model, string purifier, double sigma);
}
