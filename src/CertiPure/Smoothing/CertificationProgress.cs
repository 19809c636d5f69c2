namespace CertiPure.Smoothing;

/// <summary>Where a running certification stands. Its bound and radius are for display: a number that is watched while it
/// grows is no certificate.</summary>
/// <param name="Id">The image's position in its data set.</param>
/// <param name="Selection">Votes per class of the selection draws so far.</param>
/// <param name="Selected">The selected class, or null while selection lasts.</param>
/// <param name="Draws">Estimation draws so far.</param>
/// <param name="Votes">Votes per class of the estimation draws so far.</param>
/// <param name="LowerBound">The lower bound of the selected class's probability that the estimation draws so far would give if this
/// were the end.</param>
/// <param name="UpperBound">The upper bound of every other class's probability if this were the end.</param>
/// <param name="Radius">The radius in pixel space that belongs to the two bounds.</param>
/// <param name="MaximumDraws">The most estimation draws this certification may take.</param>
public sealed record CertificationProgress(
    int Id,
    IReadOnlyList<int> Selection,
    int? Selected,
    int Draws,
    IReadOnlyList<int> Votes,
    double LowerBound,
    double UpperBound,
    double Radius,
    int MaximumDraws);
