using System.Globalization;
using System.Text;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// The tab-separated certification log that the field publishes, <c>idx label predict radius correct time</c>, as Cohen et
/// al. 2019 first printed it. It has no counts, so it can be reported but not verified.
/// </summary>
public static class CohenLog
{
    private const string Header = "idx\tlabel\tpredict\tradius\tcorrect\ttime";
    private const int MaximumLineBytes = 4096;
    private const int SignificantDigits = 3;

    // Below this a decimal would run out of places; no radius of that size means anything.
    private const double SmallestPrinted = 1e-20;

    /// <summary>Reads a log: columns by their names, in any order and with others between them; UTF-8 or UTF-16.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CertiPureException">The file cannot be read or a line is malformed; the message names line and column.</exception>
    public static IReadOnlyList<CohenRow> Read(string path)
    {
        var rows = new List<CohenRow>();
        var ids = new HashSet<int>();
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using Stream stream = ToUtf8(file);
            CohenColumns? columns = null;
            int number = 0;
            // The last line counts without its line feed, too: these files come from many programs.
            foreach (ReadOnlyMemory<byte> bytes in LineFeeds.Lines(stream, MaximumLineBytes, withTail: true))
            {
                string line = Encoding.UTF8.GetString(bytes.Span).TrimStart('\uFEFF').TrimEnd('\r');
                number++;
                if (columns is null)
                {
                    columns = CohenColumns.Of(line, path);
                }
                else if (line.Trim().Length > 0)
                {
                    CohenRow row = columns.Parse(line, number);
                    rows.Add(ids.Add(row.Id)
                        ? row
                        : throw new CertiPureException($"Line {number} of {path} repeats image {row.Id}; remove one of its rows."));
                }
            }

            _ = columns ?? CohenColumns.Of("", path);
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

    /// <summary>UTF-16, which spreadsheets write, is known by its byte order mark or by the zero beside the header's first letter.</summary>
    private static Stream ToUtf8(FileStream file)
    {
        Span<byte> head = stackalloc byte[2];
        int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return file;
        }

        file.Position = 0;
        Encoding? encoding = (head[0], head[1]) switch
        {
            (0xFF, 0xFE) or (> 0, 0) when read == head.Length => Encoding.Unicode,
            (0xFE, 0xFF) or (0, > 0) => Encoding.BigEndianUnicode,
            _ => null,
        };
        return encoding is null ? file : Encoding.CreateTranscodingStream(file, encoding, Encoding.UTF8);
    }

    private static string FormatTime(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss\\.ffffff}");
    }
}

/// <summary>One image of a log in the field's format.</summary>
/// <param name="Id">Column <c>idx</c>: the image's position in its data set.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">Column <c>predict</c>, or null for -1, an abstention.</param>
/// <param name="Radius">The printed radius in pixel space, usually of three significant digits.</param>
/// <param name="IsCorrect">Whether the prediction is the label.</param>
/// <param name="Seconds">Column <c>time</c>.</param>
public sealed record CohenRow(int Id, int Label, int? Predicted, double Radius, bool IsCorrect, double Seconds);
