namespace CertiPure.Results;

/// <summary>Which classifier a run certifies; its weights' hash stands under <see cref="Experiment.Weights"/>.</summary>
/// <param name="Name">A bundled name or the file's name.</param>
/// <param name="ClassCount">The number of classes, K.</param>
public sealed record ClassifierIdentity(string Name, int ClassCount);
