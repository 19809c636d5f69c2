namespace CertiPure.Server.Contracts;

/// <summary>Event <c>progress</c> of a certification. Its bound and radius are for display: only the certificate at the end is a
/// proof.</summary>
/// <param name="Phase"><c>selection</c> or <c>estimation</c>.</param>
/// <param name="Draws">Draws so far, of both phases.</param>
/// <param name="Total">The most draws it will take.</param>
/// <param name="EstimationDraws">Estimation draws so far.</param>
/// <param name="Votes">Votes per class of the present phase.</param>
/// <param name="Leading">The selected class, or during selection the one that leads.</param>
/// <param name="RunnerUp">The other class with the most votes of the present phase; null where there is only one class.</param>
/// <param name="LowerBound">The lower bound of the leading class's probability if this were the end.</param>
/// <param name="UpperBound">The upper bound of every other class's probability if this were the end.</param>
/// <param name="Radius">The radius that belongs to the two bounds.</param>
public sealed record ProgressEvent(
    string Phase,
    int Draws,
    int Total,
    int EstimationDraws,
    IReadOnlyList<int> Votes,
    int Leading,
    int? RunnerUp,
    double LowerBound,
    double UpperBound,
    double Radius);
