namespace CertiPure.Results;

/// <summary>A field in which two experiments differ.</summary>
/// <param name="Field">The field's path in the manifest: <c>purifier.method</c>.</param>
/// <param name="Here">The value in the experiment that was asked, or null where it lacks the field.</param>
/// <param name="There">The value in the other experiment, or null where it lacks the field.</param>
public sealed record ExperimentDifference(string Field, string? Here, string? There)
{
    /// <summary>The difference as one phrase, with long values shortened: <c>sigma 0.25, not 0.5</c>.</summary>
    public override string ToString() => $"{Field} {Show(Here)}, not {Show(There)}";

    private static string Show(string? value) => value is null ? "missing" : Excerpt.Of(value);
}
