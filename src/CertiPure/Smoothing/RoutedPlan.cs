namespace CertiPure.Smoothing;

/// <summary>The plan of certified routing (ACES, Horvath et al. 2022): n0 draws choose class and route, n draws count the votes for
/// both, and each of the two bounds taken from them spends half of alpha.</summary>
public sealed class RoutedPlan : SamplingPlan
{
    /// <summary>Makes the plan.</summary>
    /// <param name="selectionDraws">n0, at least 1.</param>
    /// <param name="estimationDraws">n, at least 11 at alpha 0.001.</param>
    /// <param name="alpha">The error probability of the composition, 0 &lt; alpha &lt; 1.</param>
    /// <param name="bound">Which votes the class's radius follows from; a route has only two outcomes.</param>
    /// <exception cref="CertiPureException">A number is out of range, or so few draws can never certify anything.</exception>
    public RoutedPlan(
        int selectionDraws = 100, int estimationDraws = 10_000, double alpha = 0.001, BoundKind bound = BoundKind.Top)
        : base(selectionDraws, estimationDraws, alpha, alpha / 2, bound)
    {
    }

    /// <inheritdoc/>
    public override string Name => "routed";

    /// <summary>The look at the class's votes. That at the route's votes is taken at the same time for the same price.</summary>
    public override IReadOnlyList<PlannedLook> Looks => [new PlannedLook(EstimationDraws, Alpha / 2)];

    /// <inheritdoc/>
    public override IReadOnlyList<double> Radii => [];

    /// <inheritdoc/>
    public override Estimation Begin(double sigma) =>
        new FixedPlan(SelectionDraws, EstimationDraws, Alpha / 2, Bound).Begin(sigma);
}
