namespace CertiPure.Reports;

/// <summary>A table of a report, ready for any format: the one object that every exporter reads.</summary>
/// <param name="Key">A short name for files and anchors: <c>certified-accuracy</c>.</param>
/// <param name="Title">The heading.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, each with one cell per column.</param>
/// <param name="Notes">Sentences below the table.</param>
public sealed record ReportTable(
    string Key,
    string Title,
    IReadOnlyList<ReportColumn> Columns,
    IReadOnlyList<IReadOnlyList<ReportCell>> Rows,
    IReadOnlyList<string> Notes);
