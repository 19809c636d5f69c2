using CertiPure.Reports;

namespace CertiPure.Imaging.Tests;

public sealed class RunReportTests
{
    private static readonly CertifiedRun[] Runs = [Pictures.Run("one"), Pictures.Run("two", 1.7)];

    [Fact]
    public void Several_runs_have_a_table_curves_costs_and_if_asked_a_comparison()
    {
        string page = Write(RunReport.Of(Runs, compare: true));

        Assert.Contains("<caption>Certified accuracy by radius</caption>", page, StringComparison.Ordinal);
        Assert.Contains("Certified accuracy at radius 0.25 against its cost", page, StringComparison.Ordinal);
        Assert.Contains("<caption>one against two</caption>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("against two</caption>", Write(RunReport.Of(Runs)), StringComparison.Ordinal);
    }

    [Fact]
    public void One_run_is_not_compared_by_cost()
    {
        Assert.DoesNotContain("against its cost", Write(RunReport.Of([Runs[0]])), StringComparison.Ordinal);
    }

    private static string Write(HtmlReport report)
    {
        using var writer = new StringWriter();
        report.Write(writer);
        return writer.ToString();
    }
}
