namespace CertiPure.Server.Contracts;

/// <summary>A classifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Shape">The image shape it takes.</param>
/// <param name="ClassNames">The classes' names in label order.</param>
/// <param name="Sigmas">The noise levels on offer, in pixel space [0,1].</param>
/// <param name="Purifiers">What can stand before it; the first is the default.</param>
/// <param name="DataSet">The data set whose images it knows, or null.</param>
public sealed record ModelDescription(
    string Name,
    Shape Shape,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<double> Sigmas,
    IReadOnlyList<PurifierDescription> Purifiers,
    string? DataSet);
