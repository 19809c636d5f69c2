using System.Net;
using System.Net.Http.Headers;

namespace CertiPure.Recipes.Catalog;

/// <summary>Downloads a file: continues a part that an earlier try left, and gives the file its name only once it is complete and, where its hash
/// is known, right. Where it is not known, the hash that it came with is kept beside it, so that later damage shows.</summary>
public static class Download
{
    /// <summary>Downloads a file, unless it is there already.</summary>
    /// <param name="client">The client, which follows redirections.</param>
    /// <param name="address">The file's address.</param>
    /// <param name="sha256">What is known of the hash, lower-case hexadecimal: all of it, the first digits, or null for nothing.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="progress">Told the bytes so far.</param>
    /// <param name="cancellation">Stops; the next call continues.</param>
    /// <exception cref="CertiPureException">The host cannot be reached, does not have the file, or gives another one.</exception>
    public static async Task FileAsync(
        HttpClient client,
        Uri address,
        string? sha256,
        string path,
        Action<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(address);
        if (File.Exists(path) && IsAsKnown(path, sha256))
        {
            return;
        }

        string part = path + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await AppendAsync(client, address, part, sha256 is not null, progress, cancellation).ConfigureAwait(false);
            string actual = FileHash.Of(part);
            if (sha256 is not null && !actual.StartsWith(sha256, StringComparison.Ordinal))
            {
                Discard(part);
                throw new CertiPureException(
                    $"{address} gave a file with SHA-256 {actual} instead of {sha256}; it was discarded, try again later.");
            }

            if (sha256 is null)
            {
                await File.WriteAllTextAsync(HashFile(path), actual, cancellation).ConfigureAwait(false);
            }

            File.Move(part, path, overwrite: true);
            Discard(part);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException
            || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CertiPureException($"{address} cannot be downloaded to {path}: {error.Message.TrimEnd('.')}.", error);
        }
    }

    /// <summary>Whether a file has the hash that is known of it; where none is known, the one it was downloaded with, if it was.</summary>
    /// <param name="path">A file that exists.</param>
    /// <param name="sha256">What is known of the hash: all of it, the first digits, or null for nothing.</param>
    /// <exception cref="CertiPureException">The file cannot be read.</exception>
    internal static bool IsAsKnown(string path, string? sha256)
    {
        string? known = sha256 ?? (File.Exists(HashFile(path)) ? File.ReadAllText(HashFile(path)).Trim() : null);
        return known is null || FileHash.Of(path).StartsWith(known, StringComparison.Ordinal);
    }

    private static string HashFile(string path) => path + ".sha256";

    // The version of the file that a part is of, as its host names it (an entity tag).
    private static string VersionFile(string part) => part + ".version";

    private static void Discard(string part)
    {
        File.Delete(part);
        File.Delete(VersionFile(part));
    }

    private static async Task AppendAsync(
        HttpClient client, Uri address, string part, bool isHashKnown, Action<long>? progress, CancellationToken cancellation)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            if (File.Exists(VersionFile(part)) && EntityTagHeaderValue.TryParse(File.ReadAllText(VersionFile(part)), out EntityTagHeaderValue? version))
            {
                // A host whose file is another one by now then sends it whole, and not its end.
                request.Headers.IfRange = new RangeConditionHeaderValue(version);
            }
        }

        using HttpResponseMessage response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // Where the host does not say how long the file is, its hash tells whether the part is all of it.
            if (response.Content.Headers.ContentRange?.Length is { } length ? length != have : !isHashKnown)
            {
                Discard(part);
                throw new CertiPureException($"{address} has changed since its download began; try again.");
            }

            return;
        }

        response.EnsureSuccessStatusCode();
        bool continues = response.StatusCode == HttpStatusCode.PartialContent;
        if (continues && response.Content.Headers.ContentRange?.From is { } from && from != have)
        {
            throw new CertiPureException($"{address} answered with bytes from {from} on where those from {have} on were asked for; try again.");
        }

        if (response.Headers.ETag is { IsWeak: false } tag)
        {
            await File.WriteAllTextAsync(VersionFile(part), tag.ToString(), cancellation).ConfigureAwait(false);
        }

        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var file = new FileStream(part, continues ? FileMode.Append : FileMode.Create, FileAccess.Write);
        var buffer = new byte[1 << 16];
        for (int read; (read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            progress?.Invoke(file.Position);
        }
    }
}
