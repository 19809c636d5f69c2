using CertiPure.Reports;

namespace CertiPure.Tests.Reports;

public sealed class TrainingHoursTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_table_is_read_line_by_line()
    {
        File.WriteAllText(_path, "run,method,hours\nedm-4000-0.5, EDM ,0.4\n\njoint-0.5,joint,2e0\n");

        Assert.Equal([new("edm-4000-0.5", "EDM", 0.4), new("joint-0.5", "joint", 2)], TrainingHours.Read(_path));
    }

    [Theory]
    [InlineData("", "first line")]
    [InlineData("run;method;hours\na;b;1", "first line")]
    [InlineData("run,method,hours\na,b", "line 2")]
    [InlineData("run,method,hours\na,b,1\na,b,-1", "line 3")]
    [InlineData("run,method,hours\na,b,NaN", "line 2")]
    [InlineData("run,method,hours\n,b,1", "line 2")]
    [InlineData("run,method,hours\na,b,1\na,c,2", "names the run a twice")]
    public void What_is_no_such_table_is_refused_in_a_sentence_that_says_where(string text, string expected)
    {
        File.WriteAllText(_path, text);

        Assert.Contains(
            expected, Assert.Throws<CertiPureException>(() => TrainingHours.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_told() =>
        Assert.Throws<CertiPureException>(() => TrainingHours.Read(_path + ".missing"));
}
