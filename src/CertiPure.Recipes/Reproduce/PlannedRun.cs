using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Reproduce;

/// <summary>One run of the matrix: a purifier before a classifier at one noise level, on some images.</summary>
/// <param name="Key">Its folder below <c>runs</c>.</param>
/// <param name="Purifier">The purifier's method: <c>none</c>, <c>edm</c>, ...</param>
/// <param name="PurifierWeights">The role of its weights (<c>edm</c>, <c>consistency-lpips</c>, ...); null for none.</param>
/// <param name="Classifier">The role of the classifier's weights.</param>
/// <param name="Sigma">The noise level in pixel space.</param>
/// <param name="Images">The images.</param>
/// <param name="SelectionDraws">n0.</param>
/// <param name="EstimationDraws">n.</param>
/// <param name="Core">Under certified routing (ACES) the role of the plain classifier's weights; null without it.</param>
/// <param name="Group">Runs of one group share each purified batch; null for a run of its own.</param>
public sealed record PlannedRun(
    string Key,
    string Purifier,
    string? PurifierWeights,
    string Classifier,
    double Sigma,
    ImageSelection Images,
    int SelectionDraws,
    int EstimationDraws,
    string? Core = null,
    string? Group = null)
{
    /// <summary>How many draws, when looked at: as papers do it.</summary>
    public SamplingPlan Plan => Core is null
        ? new FixedPlan(SelectionDraws, EstimationDraws, ReproductionOptions.Alpha)
        : new RoutedPlan(SelectionDraws, EstimationDraws, ReproductionOptions.Alpha);

    /// <summary>The roles of the weights that it takes.</summary>
    public IReadOnlyList<string> Weights => [.. new[] { PurifierWeights, Classifier, Core }.OfType<string>()];
}
