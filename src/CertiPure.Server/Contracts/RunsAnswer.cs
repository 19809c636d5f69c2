using CertiPure.Results;

namespace CertiPure.Server.Contracts;

/// <summary>The run folders below the configured root.</summary>
/// <param name="Radii">The radii of the table, in pixel space.</param>
/// <param name="Runs">The runs, by name.</param>
/// <param name="Skipped">Folders that hold a damaged run, or one without labels or certificates.</param>
/// <param name="Message">Why there is nothing to see, where there is nothing.</param>
public sealed record RunsAnswer(
    IReadOnlyList<double> Radii, IReadOnlyList<RunSummary> Runs, IReadOnlyList<string> Skipped, string? Message);

/// <summary>A run in one line.</summary>
/// <param name="Name">Its folder below the root.</param>
/// <param name="Data">Its data set and split.</param>
/// <param name="Comparable">The same for runs that may be compared: of the same data, images, n0, n, alpha and kind of bound.</param>
/// <param name="Purifier">The purifier's method.</param>
/// <param name="Classifier">The classifier's name.</param>
/// <param name="Sigma">The noise level.</param>
/// <param name="N">Estimation draws.</param>
/// <param name="Alpha">The error probability.</param>
/// <param name="Bound">Which votes the radii follow from: <c>top</c> or <c>margin</c>.</param>
/// <param name="Images">Images certified so far.</param>
/// <param name="Planned">Images of the run.</param>
/// <param name="CertifiedAccuracy">Certified accuracy at each radius of the table, 0 to 1.</param>
/// <param name="Intervals">The 95 % Clopper-Pearson interval of each certified accuracy.</param>
/// <param name="AverageCertifiedRadius">The mean over all images of the radius where right, else 0.</param>
/// <param name="Abstentions">Images without an answer.</param>
/// <param name="CleanImages">What the classifier got right without noise before the run; null where it is not recorded.</param>
/// <param name="SeedChosenBy">Who chose the seed; null where it is not recorded.</param>
public sealed record RunSummary(
    string Name,
    string Data,
    string Comparable,
    string Purifier,
    string Classifier,
    double Sigma,
    int N,
    double Alpha,
    string Bound,
    int Images,
    int Planned,
    IReadOnlyList<double> CertifiedAccuracy,
    IReadOnlyList<IReadOnlyList<double>> Intervals,
    double AverageCertifiedRadius,
    int Abstentions,
    CleanImages? CleanImages,
    SeedChoice? SeedChosenBy);

/// <summary>A run's certified-accuracy curve.</summary>
/// <param name="Name">Its folder below the root.</param>
/// <param name="Curve">The curve's steps by radius.</param>
/// <param name="LowerBounds">Images per twentieth of the lower bound of the selected class's probability, p_A, from 0 to 1.</param>
public sealed record RunCurve(string Name, IReadOnlyList<CurvePoint> Curve, IReadOnlyList<int> LowerBounds);

/// <summary>A step of a certified-accuracy curve.</summary>
/// <param name="Radius">The radius in pixel space up to which the step reaches.</param>
/// <param name="Accuracy">The share of images that are right with at least this radius, 0 to 1.</param>
public sealed record CurvePoint(double Radius, double Accuracy);
