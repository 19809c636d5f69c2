using CertiPure.Images;
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

/// <summary>A classifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Shape">The image shape it takes.</param>
/// <param name="ClassNames">The classes' names in label order.</param>
/// <param name="Purifiers">What can precede it, the first being the page's choice.</param>
/// <param name="DataSet">The name of the data set whose images it knows, or null.</param>
public sealed record ModelOffer(
    string Name,
    ImageShape Shape,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<PurifierOffer> Purifiers,
    string? DataSet);

/// <summary>A purifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Summary">What it does, in one line.</param>
public sealed record PurifierOffer(string Name, string Title, string Summary);

/// <summary>A data set on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Source">Its images; reading them is safe from several threads.</param>
public sealed record DataSetOffer(string Name, string Title, IImageSource Source);
