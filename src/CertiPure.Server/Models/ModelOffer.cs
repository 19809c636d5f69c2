using CertiPure.Images;

namespace CertiPure.Server.Models;

/// <summary>A classifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Shape">The image shape it takes.</param>
/// <param name="ClassNames">The classes' names in label order.</param>
/// <param name="Purifiers">What can stand before it, the first being the page's choice.</param>
/// <param name="DataSet">The name of the data set whose images it knows, or null.</param>
public sealed record ModelOffer(
    string Name,
    ImageShape Shape,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<PurifierOffer> Purifiers,
    string? DataSet);
