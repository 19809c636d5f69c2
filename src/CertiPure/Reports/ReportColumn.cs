namespace CertiPure.Reports;

/// <summary>A column of a table.</summary>
/// <param name="Key">Its name in CSV and JSON: <c>imagesPerSecond</c>.</param>
/// <param name="Header">Its name for people: <c>images/s</c>.</param>
/// <param name="IsNumeric">Whether its cells are numbers, which are aligned to the right.</param>
/// <param name="HasInterval">Whether its cells carry a confidence interval.</param>
public sealed record ReportColumn(string Key, string Header, bool IsNumeric = true, bool HasInterval = false);
