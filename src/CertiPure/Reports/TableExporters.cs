namespace CertiPure.Reports;

/// <summary>All table formats.</summary>
public static class TableExporters
{
    /// <summary>The exporters, one per format.</summary>
    public static IReadOnlyList<ITableExporter> All { get; } =
        [new MarkdownExporter(), new LatexExporter(), new CsvExporter(), new JsonExporter()];

    /// <summary>Finds the exporter of a format.</summary>
    /// <param name="format">The format's name.</param>
    /// <exception cref="CertiPureException">There is no such format.</exception>
    public static ITableExporter Named(string format) =>
        All.FirstOrDefault(exporter => exporter.Format == format)
        ?? throw new CertiPureException(
            $"There is no table format '{format}'; choose one of {string.Join(", ", All.Select(exporter => exporter.Format))}.",
            ErrorReason.InvalidArgument);
}
