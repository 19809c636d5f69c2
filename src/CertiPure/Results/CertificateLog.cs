using System.Text;
using System.Text.Json;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// The <c>certificates.jsonl</c> of a run: one line of JSON per image, written and flushed to the disk as soon as the
/// image is certified. A line counts once its line feed is there; a torn last line is what a kill leaves behind.
/// </summary>
public sealed class CertificateLog : IDisposable
{
    /// <summary>More than any radius in pixel space or any number of seconds can be.</summary>
    private const double TooLarge = 1e9;

    /// <summary>Longer than the votes of a million classes: a longer line is a damaged or hostile file.</summary>
    private const int MaximumLineBytes = 16 << 20;

    private readonly FileStream _stream;

    private CertificateLog(FileStream stream) => _stream = stream;

    /// <summary>Opens a log for appending, after whole lines only: a torn last line is cut off.</summary>
    /// <param name="path">The log's path; it is created if it does not exist.</param>
    /// <exception cref="CertiPureException">The file cannot be written or holds a line that is not a certificate.</exception>
    public static CertificateLog Append(string path)
    {
        long length = File.Exists(path) ? ReadWholeLines(path).Length : 0;
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.SetLength(length);
            stream.Seek(0, SeekOrigin.End);
            return new CertificateLog(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw new CertiPureException($"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Reads the certificates of all whole lines, in the order of the file; a torn last line is left out.</summary>
    /// <param name="path">The log's path.</param>
    /// <exception cref="CertiPureException">The file cannot be read or a whole line is not a certificate.</exception>
    public static IReadOnlyList<Certificate> Read(string path) => ReadWholeLines(path).Certificates;

    /// <summary>One certificate as a line of the log, without the line feed.</summary>
    /// <param name="certificate">The certificate.</param>
    public static string ToLine(Certificate certificate) =>
        JsonSerializer.Serialize(certificate, ResultsJson.Compact.Certificate);

    /// <summary>Reads one line of a log.</summary>
    /// <param name="line">The line, with or without its line feed.</param>
    /// <exception cref="CertiPureException">The line is not a certificate.</exception>
    public static Certificate ParseLine(string line)
    {
        try
        {
            return Deserialize(Encoding.UTF8.GetBytes(line));
        }
        catch (JsonException e)
        {
            throw new CertiPureException($"The text is not a certificate: {JsonErrors.Describe(e)}.", e);
        }
    }

    /// <summary>Writes one certificate and flushes it to the disk.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <exception cref="CertiPureException">The disk is full or gone.</exception>
    public void Write(Certificate certificate)
    {
        try
        {
            // One write call for the whole line, so that a kill tears at most the last one.
            _stream.Write(ToBytes(certificate));
            _stream.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            throw new CertiPureException($"{_stream.Name} cannot be written: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Replaces a log by these certificates in one step.</summary>
    internal static void Replace(string path, IEnumerable<Certificate> certificates) => AtomicFile.Write(path, stream =>
    {
        foreach (Certificate certificate in certificates)
        {
            stream.Write(ToBytes(certificate));
        }
    });

    private static byte[] ToBytes(Certificate certificate) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(certificate, ResultsJson.Compact.Certificate), (byte)'\n'];

    private static (IReadOnlyList<Certificate> Certificates, long Length) ReadWholeLines(string path)
    {
        var certificates = new List<Certificate>();
        long length = 0;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            foreach (ReadOnlyMemory<byte> line in LineFeeds.Lines(stream, MaximumLineBytes, withTail: false))
            {
                certificates.Add(Parse(line.Span, path, certificates.Count + 1));
                length += line.Length + 1;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {e.Message}", e);
        }

        return (certificates, length);
    }

    private static Certificate Parse(ReadOnlySpan<byte> line, string path, int number)
    {
        try
        {
            return Deserialize(line);
        }
        catch (JsonException e)
        {
            throw new CertiPureException(
                $"Line {number} of {path} is not a certificate: {JsonErrors.Describe(e)}; remove the line to certify its image "
                + "again.",
                e);
        }
    }

    private static Certificate Deserialize(ReadOnlySpan<byte> line)
    {
        Certificate? certificate = JsonSerializer.Deserialize(line, ResultsJson.Compact.Certificate);
        return certificate is null
            ? throw new JsonException("a certificate is null")
            : certificate.Id < 0 || certificate.Draws < 0 || certificate.Selection.Any(votes => votes < 0)
            || certificate.Selection.Sum(votes => (long)votes) + certificate.Draws > int.MaxValue
            || !(certificate.Radius is >= 0 and < TooLarge) || !(certificate.Seconds is >= 0 and < TooLarge)
            ? throw new JsonException("an id, a count, the radius or the seconds are negative or too large")
            : certificate;
    }
}
