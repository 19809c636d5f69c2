using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// The tab-separated certification log that the field publishes, <c>idx label predict radius correct time</c>, as Cohen et
/// al. 2019 first printed it. It has no counts, so it can be reported but not verified.
/// </summary>
public static partial class CohenLog
{
    private const string Header = "idx\tlabel\tpredict\tradius\tcorrect\ttime";
    private const int MaximumLineBytes = 4096;
    private const int SignificantDigits = 3;

    // Below this a decimal would run out of places; no radius of that size means anything.
    private const double SmallestPrinted = 1e-20;

    /// <summary>Reads a log.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">The file cannot be read or a line is malformed; the message names it.</exception>
    public static IReadOnlyList<CohenRow> Read(string path)
    {
        var rows = new List<CohenRow>();
        var ids = new HashSet<int>();
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            int number = 0;
            // The last line counts without its line feed, too: these files come from many programs.
            foreach (ReadOnlyMemory<byte> bytes in LineFeeds.Lines(stream, MaximumLineBytes, withTail: true))
            {
                string line = Encoding.UTF8.GetString(bytes.Span).TrimEnd('\r');
                number++;
                if (number == 1)
                {
                    RefuseOtherHeader(line, path);
                }
                else if (line.Length > 0)
                {
                    CohenRow row = Parse(line)
                        ?? throw new CertiPureException(
                            $"Line {number} of {path} is not a row of a certification log: '{Excerpt.Of(line)}'.");
                    rows.Add(ids.Add(row.Id)
                        ? row
                        : throw new CertiPureException($"Line {number} of {path} repeats image {row.Id}; remove one of its rows."));
                }
            }

            RefuseOtherHeader(number == 0 ? "" : Header, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {e.Message}", e);
        }

        return rows;
    }

    /// <summary>Writes a run's certificates, whose labels must be known.</summary>
    /// <param name="certificates">The certificates.</param>
    /// <param name="writer">Receives the lines.</param>
    /// <exception cref="CertiPureException">An image has no label, for which the format has no place.</exception>
    public static void Write(IEnumerable<Certificate> certificates, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Header + "\n");
        foreach (Certificate certificate in certificates)
        {
            int label = certificate.Label ?? throw new CertiPureException(
                $"Image {certificate.Id} has no label, which a certification log in TSV needs; export a run over labelled images.");
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{certificate.Id}\t{label}\t{certificate.Predicted ?? -1}\t{FormatRadius(certificate.Radius)}\t"
                + $"{(certificate.Predicted == label ? 1 : 0)}\t{FormatTime(certificate.Seconds)}\n"));
        }
    }

    /// <summary>A radius with three significant digits, rounded DOWN: the usual rounding to nearest can claim more than was
    /// certified.</summary>
    /// <param name="radius">The radius, not negative.</param>
    public static string FormatRadius(double radius)
    {
        if (radius < SmallestPrinted)
        {
            return "0.0";
        }

        // No double has more than 767 significant digits, so "E766" prints it exactly; cutting that text rounds down, where
        // multiplying by a power of ten could round up.
        string exact = radius.ToString("E766", CultureInfo.InvariantCulture);
        string exponent = exact[exact.IndexOf('E', StringComparison.Ordinal)..];
        decimal cut = decimal.Parse(
            string.Concat(exact.AsSpan(0, SignificantDigits + 1), exponent), NumberStyles.Float, CultureInfo.InvariantCulture);
        return cut.ToString("0.0###########################", CultureInfo.InvariantCulture);
    }

    private static void RefuseOtherHeader(string line, string path)
    {
        if (line.TrimEnd() != Header)
        {
            throw new CertiPureException(
                $"{path} is not a certification log: its first line must be the tab-separated columns idx, label, predict, "
                + "radius, correct and time.");
        }
    }

    private static string FormatTime(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss\\.ffffff}");
    }

    private static CohenRow? Parse(string line)
    {
        string[] cells = line.Split('\t');
        return cells.Length == 6
            && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            && int.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out int label)
            && int.TryParse(cells[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int predicted)
            && predicted >= -1
            && double.TryParse(cells[3], NumberStyles.Float, CultureInfo.InvariantCulture, out double radius)
            && radius >= 0
            && double.IsFinite(radius)
            && cells[4] == (predicted == label ? "1" : "0")
            && TryParseTime(cells[5], out double seconds)
            ? new CohenRow(id, label, predicted < 0 ? null : predicted, radius, predicted == label, seconds)
            : null;
    }

    // Published logs print seconds or what Python makes of a time: h:mm:ss.ffffff, from a day on "2 days, h:mm:ss.ffffff".
    private static bool TryParseTime(string text, out double seconds)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds))
        {
            return true;
        }

        Match match = PythonTime().Match(text);
        seconds = match.Success
            ? (86_400 * Number("days")) + (3_600 * Number("hours")) + (60 * Number("minutes")) + Number("seconds")
            : 0;
        return match.Success;

        double Number(string group) =>
            match.Groups[group] is { Success: true, Value: var digits } ? double.Parse(digits, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^((?<days>[0-9]{1,6}) days?, )?(?<hours>[0-9]{1,6}):(?<minutes>[0-5]?[0-9]):(?<seconds>[0-5]?[0-9](\.[0-9]{1,9})?)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex PythonTime();
}
