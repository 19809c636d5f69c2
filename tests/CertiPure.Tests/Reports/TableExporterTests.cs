using System.Text.Json;
using CertiPure.Reports;

namespace CertiPure.Tests.Reports;

public sealed class TableExporterTests
{
    private static readonly ReportTable Table = new(
        "certified-accuracy",
        "Certified accuracy of A & B",
        [
            new ReportColumn("run", "run", IsNumeric: false),
            new ReportColumn("certified0.5", "\u22650.50", HasInterval: true),
            new ReportColumn("imagesPerSecond", "images/s"),
        ],
        [
            [new ReportCell("a_b|c, \"d\""), ReportCell.Percent(new Proportion(2, 3), isBest: true), ReportCell.Number(1.2345, "0.00")],
            [new ReportCell("=cmd()"), ReportCell.Percent(new Proportion(0, 3)), ReportCell.Empty],
        ],
        ["100 % of the truth."]);

    [Fact]
    public void Markdown_is_pinned()
    {
        Assert.Equal(
            """
            ### Certified accuracy of A & B

            | run          |               ≥0.50 | images/s |
            | ------------ | ------------------: | -------: |
            | a\_b\|c, "d" | **66.7** (9.4–99.2) |     1.23 |
            | =cmd()       |      0.0 (0.0–70.8) |          |

            100 % of the truth.

            """,
            Export("markdown"));
    }

    [Fact]
    public void Latex_is_pinned()
    {
        Assert.Equal(
            """
            % Needs \usepackage{booktabs}.
            \begin{table}
              \centering
              \caption{Certified accuracy of A \& B}
              \label{tab:certified-accuracy}
              \begin{tabular}{lrr}
                \toprule
                run & $\geq$0.50 & images/s \\
                \midrule
                a\_b|c, "d" & \textbf{66.7} {\scriptsize (9.4--99.2)} & 1.23 \\
                =cmd() & 0.0 {\scriptsize (0.0--70.8)} &  \\
                \bottomrule
              \end{tabular}
              \par\smallskip {\footnotesize 100 \% of the truth.}
            \end{table}

            """,
            Export("latex"));
    }

    [Fact]
    public void Csv_has_unrounded_numbers_quoted_texts_and_no_formula()
    {
        string[] lines = Export("csv").Split('\n');

        Assert.Equal("run,certified0.5,certified0.5Lower,certified0.5Upper,imagesPerSecond", lines[0]);
        Assert.StartsWith("\"a_b|c, \"\"d\"\"\",0.6666666666666666,0.0942", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",1.2345", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("'=cmd(),0,0,0.707", lines[2], StringComparison.Ordinal);
        Assert.Equal([""], lines[3..]);
    }

    [Fact]
    public void Json_has_an_object_per_row()
    {
        using var json = JsonDocument.Parse(Export("json"));
        JsonElement rows = json.RootElement.GetProperty("rows");

        Assert.Equal(2 / 3.0, rows[0].GetProperty("certified0.5").GetProperty("value").GetDouble());
        Assert.Equal(1.2345, rows[0].GetProperty("imagesPerSecond").GetDouble());
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("imagesPerSecond").ValueKind);
        Assert.Equal("100 % of the truth.", json.RootElement.GetProperty("notes")[0].GetString());
    }

    [Fact]
    public void An_unknown_format_names_the_known_ones()
    {
        var error = Assert.Throws<CertiPureException>(() => TableExporters.Named("docx"));

        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains("markdown, latex, csv, json", error.Message, StringComparison.Ordinal);
    }

    private static string Export(string format)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        TableExporters.Named(format).Write(Table, writer);
        return writer.ToString();
    }
}
