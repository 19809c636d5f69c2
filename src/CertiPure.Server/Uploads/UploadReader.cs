using System.Text;
using CertiPure.Server.Certification;
using CertiPure.Server.Endpoints;
using CertiPure.Server.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace CertiPure.Server.Uploads;

/// <summary>Reads a multipart form within bounds and into memory alone. The framework's own form reader would put large files on
/// disk.</summary>
internal sealed class UploadReader(ServerOptions options)
{
    /// <summary>The field that holds the image.</summary>
    public const string ImageField = "image";

    private const int MaximumFields = 32;
    private const int MaximumFieldBytes = 1024;
    private const int MaximumBoundaryLength = 100;

    /// <summary>Reads a whole body.</summary>
    public async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        Refuse(request);
        return await ReadAsync(request.Body, options.MaxUploadBytes, cancellationToken) ?? throw BodyTooLarge();
    }

    /// <summary>Reads a form.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">The fields that the address takes; any other is refused by name, since it is most likely misspelt.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<UploadForm> ReadFormAsync(
        HttpRequest request, IReadOnlyList<ApiField> known, CancellationToken cancellationToken)
    {
        Refuse(request);
        var reader = new MultipartReader(Boundary(request), request.Body)
        {
            HeadersCountLimit = 8,
            HeadersLengthLimit = 4096,
            BodyLengthLimit = options.MaxUploadBytes,
        };
        byte[]? file = null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        int sections = 0;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (++sections > MaximumFields)
                {
                    throw RequestException.BadRequest($"The form has more than {MaximumFields} fields.");
                }

                string name = NameOf(section);
                if (name == ImageField)
                {
                    file = file is null
                        ? await ReadAsync(section.Body, options.MaxUploadBytes, cancellationToken) ?? throw BodyTooLarge()
                        : throw RequestException.BadRequest("The form has more than one image; send one per request.");
                }
                else if (!fields.TryAdd(name, await ReadFieldAsync(section, name, cancellationToken)))
                {
                    throw RequestException.BadRequest($"The form has the field '{Shown(name)}' twice.");
                }
            }
        }
        catch (InvalidDataException)
        {
            throw RequestException.BadRequest("The multipart form is malformed, or its headers are too long.");
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw RequestException.BadRequest("The multipart form ends too early.");
        }

        InvalidFields.ThrowIfAny(fields.Keys.Where(name => known.All(field => field.Name != name)).Select(Shown).Distinct().ToDictionary(
            name => name, _ => $"is not a field of this form, which takes {string.Join(", ", known.Select(field => field.Name))}"));
        return new UploadForm(file, fields);
    }

    private static string Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw RequestException.UnsupportedMediaType("Send the image and its settings as multipart/form-data.");
        }

        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= MaximumBoundaryLength
            ? boundary
            : throw RequestException.BadRequest("The multipart form has no usable boundary.");
    }

    private static string NameOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
            || HeaderUtilities.RemoveQuotes(disposition.Name) is not { Length: > 0 and <= 64 } name)
        {
            throw RequestException.BadRequest("A part of the multipart form has no name.");
        }

        return name.ToString();
    }

    private static async Task<string> ReadFieldAsync(MultipartSection section, string name, CancellationToken cancellationToken)
    {
        byte[] bytes = await ReadAsync(section.Body, MaximumFieldBytes, cancellationToken)
            ?? throw RequestException.BadRequest($"The field '{Shown(name)}' is longer than {MaximumFieldBytes} bytes.");
        return Encoding.UTF8.GetString(bytes).Trim();
    }

    /// <summary>Reads a stream to its end, or returns null once it is longer than allowed.</summary>
    private static async Task<byte[]?> ReadAsync(Stream stream, int maximum, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (bytes.Length + read > maximum)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static string Shown(string name) => string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    private void Refuse(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encodings
            && encodings.Any(encoding => !string.Equals(encoding?.Trim(), "identity", StringComparison.OrdinalIgnoreCase)))
        {
            throw RequestException.UnsupportedMediaType("Send the body as it is, without a Content-Encoding such as gzip.");
        }

        if (request.ContentLength > options.MaxUploadBytes)
        {
            throw BodyTooLarge();
        }
    }

    private RequestException BodyTooLarge() =>
        RequestException.TooLarge($"The request is larger than {options.MaxUploadBytes} bytes, the most this service takes.");
}
