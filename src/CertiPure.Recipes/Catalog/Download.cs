using System.Net.Http.Headers;

namespace CertiPure.Recipes.Catalog;

/// <summary>Downloads a file of known hash: continues a part that an earlier try left, and gives the file its name only
/// once the hash is right.</summary>
public static class Download
{
    /// <summary>Downloads a file, unless it is there already.</summary>
    /// <param name="client">The client, which follows redirections.</param>
    /// <param name="address">The file's address.</param>
    /// <param name="sha256">The hash it must have, lower-case hexadecimal.</param>
    /// <param name="path">Where it goes.</param>
    /// <param name="progress">Told the bytes so far.</param>
    /// <param name="cancellation">Stops; the next call continues.</param>
    /// <exception cref="CertiPureException">The host cannot be reached, does not have the file, or gives another one.</exception>
    public static async Task FileAsync(
        HttpClient client,
        Uri address,
        string sha256,
        string path,
        Action<long>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(address);
        if (File.Exists(path) && FileHash.Of(path) == sha256)
        {
            return;
        }

        string part = path + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await AppendAsync(client, address, part, progress, cancellation).ConfigureAwait(false);
            string actual = FileHash.Of(part);
            if (actual != sha256)
            {
                File.Delete(part);
                throw new CertiPureException(
                    $"{address} gave a file with SHA-256 {actual} instead of {sha256}; it was discarded, try again later.");
            }

            File.Move(part, path, overwrite: true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException
            || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CertiPureException($"{address} cannot be downloaded to {path}: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private static async Task AppendAsync(
        HttpClient client, Uri address, string part, Action<long>? progress, CancellationToken cancellation)
    {
        long have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using HttpResponseMessage response = await client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)
            .ConfigureAwait(false);
        if (response.StatusCode == System.Net.HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The part already has every byte; its hash will tell.
            return;
        }

        response.EnsureSuccessStatusCode();
        bool continues = response.StatusCode == System.Net.HttpStatusCode.PartialContent;
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
