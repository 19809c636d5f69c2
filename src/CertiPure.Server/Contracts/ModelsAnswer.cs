namespace CertiPure.Server.Contracts;

/// <summary>What the service offers and allows.</summary>
/// <param name="Version">CertiPure's version.</param>
/// <param name="Models">The classifiers; the first is the default.</param>
/// <param name="DataSets">The data sets whose test images are at hand.</param>
/// <param name="Budgets">Usual numbers of draws.</param>
/// <param name="Plans">The sampling plans; the first is the default.</param>
/// <param name="Bounds">Which votes the radius may follow from; the first is the default.</param>
/// <param name="Defaults">What a request gets that says nothing else.</param>
/// <param name="Limits">The bounds of a request.</param>
public sealed record ModelsAnswer(
    string Version,
    IReadOnlyList<ModelDescription> Models,
    IReadOnlyList<DataSetDescription> DataSets,
    IReadOnlyList<Budget> Budgets,
    IReadOnlyList<string> Plans,
    IReadOnlyList<string> Bounds,
    Defaults Defaults,
    Limits Limits);
