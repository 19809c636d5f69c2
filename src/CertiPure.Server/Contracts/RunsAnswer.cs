namespace CertiPure.Server.Contracts;

/// <summary>The run folders below the configured root.</summary>
/// <param name="Radii">The radii of the table, in pixel space.</param>
/// <param name="Runs">The runs, by name.</param>
/// <param name="Skipped">Folders that hold a damaged run, or one without labels or certificates.</param>
/// <param name="Message">Why there is nothing to see, where there is nothing.</param>
public sealed record RunsAnswer(
    IReadOnlyList<double> Radii, IReadOnlyList<RunSummary> Runs, IReadOnlyList<string> Skipped, string? Message);
