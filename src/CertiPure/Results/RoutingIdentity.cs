namespace CertiPure.Results;

/// <summary>Certified routing between a smoothed and a plain model (ACES); the core's weights' hash stands under
/// <see cref="Experiment.Weights"/> as <c>core</c>.</summary>
/// <param name="Core">The plain model: a bundled name or the file's name.</param>
/// <param name="EntropyThreshold">The largest entropy of the core's answer, 0 to 1, with which a draw is smoothed.</param>
public sealed record RoutingIdentity(string Core, double EntropyThreshold);
