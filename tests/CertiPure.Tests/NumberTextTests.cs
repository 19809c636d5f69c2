using System.Globalization;

namespace CertiPure.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("5", 5)]
    [InlineData(".25", 0.25)]
    [InlineData("1e-3", 1e-3)]
    [InlineData("-0.5", -0.5)]
    [InlineData("+2", 2)]
    public void A_number_is_read(string text, double expected)
    {
        Assert.Null(NumberText.ReadReal(text, out double value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("0,5", "is not a number; write 0.5")]
    [InlineData("0,25", "is not a number; write 0.25")]
    [InlineData(",5", "is not a number; write .5")]
    [InlineData("-0,5", "is not a number; write -0.5")]
    [InlineData("1,000", "is not a number; write 1000 or 1.000")]
    [InlineData("1,000,000.5", "is not a number")]
    [InlineData("1_000", "is not a number")]
    [InlineData("1 000", "is not a number")]
    [InlineData(" 1", "is not a number")]
    [InlineData("", "is not a number")]
    [InlineData("0.5f", "is not a number")]
    [InlineData("0x10", "is not a number")]
    [InlineData("\u0663", "is not a number")]
    [InlineData("inf", "is not a finite number")]
    [InlineData("-INF", "is not a finite number")]
    [InlineData("NaN", "is not a finite number")]
    [InlineData("Infinity", "is not a finite number")]
    [InlineData("1e999", "is not a finite number")]
    public void Anything_else_is_refused_with_what_to_write(string text, string complaint)
    {
        Assert.Equal(complaint, NumberText.ReadReal(text, out double value));
        Assert.Equal(0, value);
    }

    [Theory]
    [InlineData("100", null)]
    [InlineData("0", null)]
    [InlineData("-1", "is below 0")]
    [InlineData("101", "is above 100")]
    [InlineData("1e2", "is not written as a whole number; write 100")]
    [InlineData("5.0", "is not written as a whole number; write 5")]
    [InlineData("1,000", "is not a whole number; write 1000")]
    [InlineData("10,000,000", "is not a whole number; write 10000000")]
    [InlineData("0,5", "is not a whole number")]
    [InlineData("0.5", "is not a whole number")]
    [InlineData("NaN", "is not a whole number")]
    [InlineData("ten", "is not a whole number")]
    [InlineData("", "is not a whole number")]
    public void A_whole_number_is_digits_alone(string text, string? complaint) =>
        Assert.Equal(complaint, NumberText.ReadWhole(text, 0, 100, out _));

    [Fact]
    public void The_locale_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = german;
            A_number_is_read("0.5", 0.5);
            Anything_else_is_refused_with_what_to_write("0,5", "is not a number; write 0.5");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
