using System.Globalization;

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

/// <summary>A column of a table.</summary>
/// <param name="Key">Its name in CSV and JSON: <c>imagesPerSecond</c>.</param>
/// <param name="Header">Its name for people: <c>images/s</c>.</param>
/// <param name="IsNumeric">Whether its cells are numbers, which are aligned to the right.</param>
/// <param name="HasInterval">Whether its cells carry a confidence interval.</param>
public sealed record ReportColumn(string Key, string Header, bool IsNumeric = true, bool HasInterval = false);

/// <summary>A cell of a table: what people read, and the unrounded numbers behind it.</summary>
/// <param name="Text">The cell as people read it; empty where there is nothing to say.</param>
/// <param name="Value">The unrounded number, or null for text.</param>
/// <param name="Lower">The lower end of its confidence interval, if it has one.</param>
/// <param name="Upper">The upper end of its confidence interval, if it has one.</param>
/// <param name="IsBest">Whether it is the best of its column, which formats set in bold.</param>
public sealed record ReportCell(
    string Text, double? Value = null, double? Lower = null, double? Upper = null, bool IsBest = false)
{
    /// <summary>A cell with nothing in it.</summary>
    public static ReportCell Empty { get; } = new("");

    /// <summary>The interval as people read it, in the unit of the text's percent: <c>51.7-71.1</c>; empty without one.</summary>
    public string IntervalText => Lower is null || Upper is null
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * Lower:0.0;\u22120.0;0.0}{(Lower < 0 ? " to " : "\u2013")}{100 * Upper:0.0;\u22120.0;0.0}");

    /// <summary>A share in percent with one decimal and its interval.</summary>
    /// <param name="share">The share.</param>
    /// <param name="isBest">Whether it is the best of its column.</param>
    public static ReportCell Percent(Proportion share, bool isBest = false)
    {
        ArgumentNullException.ThrowIfNull(share);
        return new ReportCell(
            string.Create(CultureInfo.InvariantCulture, $"{100 * share.Value:0.0}"), share.Value, share.Lower, share.Upper, isBest);
    }

    /// <summary>A share in percent with one decimal, without an interval.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public static ReportCell Percent(double share) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}"), share);

    /// <summary>A number, or an empty cell for null.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">A .NET number format: <c>0.000</c>.</param>
    /// <param name="isBest">Whether it is the best of its column.</param>
    public static ReportCell Number(double? value, string format, bool isBest = false) =>
        value is double number ? new ReportCell(number.ToString(format, CultureInfo.InvariantCulture), value, null, null, isBest) : Empty;
}
