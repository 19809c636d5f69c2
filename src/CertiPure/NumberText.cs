using System.Globalization;
using System.Text.RegularExpressions;

namespace CertiPure;

/// <summary>Numbers as people write them, read strictly and alike everywhere: digits with a point, no separators of thousands. What is not
/// one gets a complaint that says what to write instead, as a clause that follows the text: <c>'0,5' is not a number; write 0.5</c>.</summary>
public static partial class NumberText
{
    private const string NotANumber = "is not a number";
    private const string NotFinite = "is not a finite number";

    /// <summary>Reads a finite number.</summary>
    /// <param name="text">The text, such as <c>0.5</c> or <c>1e-3</c>.</param>
    /// <param name="value">The number; 0 where there is a complaint.</param>
    /// <returns>The complaint, or null.</returns>
    public static string? ReadReal(string text, out double value)
    {
        ArgumentNullException.ThrowIfNull(text);
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, styles, CultureInfo.InvariantCulture, out value))
        {
            return Comma().IsMatch(text) ? $"{NotANumber}; write {Suggestion(text)}"
                : Infinite().IsMatch(text) ? NotFinite
                : NotANumber;
        }

        if (double.IsFinite(value))
        {
            return null;
        }

        value = 0;
        return NotFinite;
    }

    /// <summary>Reads a whole number.</summary>
    /// <param name="text">The text: digits, with a minus where numbers below 0 are allowed.</param>
    /// <param name="least">The least number allowed.</param>
    /// <param name="most">The largest number allowed.</param>
    /// <param name="value">The number; 0 where there is a complaint.</param>
    /// <returns>The complaint, or null.</returns>
    public static string? ReadWhole(string text, Int128 least, Int128 most, out Int128 value)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 read))
        {
            value = 0;
            return ReadReal(text, out double real) is null && real == Math.Floor(real) && Math.Abs(real) < 1e15
                    ? $"is not written as a whole number; write {real.ToString("0", CultureInfo.InvariantCulture)}"
                : Thousands().IsMatch(text) ? $"is not a whole number; write {text.Replace(",", "", StringComparison.Ordinal)}"
                : "is not a whole number";
        }

        value = read >= least && read <= most ? read : 0;
        return read < least ? $"is below {least}" : read > most ? $"is above {most}" : null;
    }

    private static string Suggestion(string text) => Thousands().IsMatch(text)
        ? $"{text.Replace(",", "", StringComparison.Ordinal)} or {text.Replace(',', '.')}"
        : text.Replace(',', '.');

    [GeneratedRegex("^[+-]?(inf|infinity|nan)$", RegexOptions.IgnoreCase)]
    private static partial Regex Infinite();

    [GeneratedRegex(@"^[+-]?[0-9]*,[0-9]+$")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+$")]
    private static partial Regex Thousands();
}
