using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Certification;

/// <summary>
/// Keeps finished certificates for a while, so that each has an address of its own. The id is random and long enough that nobody
/// guesses it: anyone who has the address may read the certificate, as far as the service's key allows.
/// </summary>
internal sealed partial class CertificateStore(ServerOptions options, TimeProvider time, ILogger<CertificateStore> logger)
{
    private const int IdBytes = 16;
    private const int IdLength = 22;

    private readonly Lock _lock = new();
    private readonly LinkedList<(string Id, DateTimeOffset Until, byte[] Json)> _kept = [];
    private readonly Dictionary<string, byte[]> _byId = [];
    private long _bytes;

    /// <summary>Keeps an answer and gives it its id.</summary>
    public CertificateAnswer Add(CertificateAnswer answer)
    {
        string id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));
        answer = answer with { Id = id };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(answer, ServerJson.Options);
        if (!IsWritten(id, json))
        {
            Remember(id, json);
        }

        return answer;
    }

    /// <summary>The JSON of a kept answer, or null where there is none of this id.</summary>
    public byte[]? Find(string id)
    {
        // Only what an id can be: a name is never joined to a path otherwise.
        if (id.Length != IdLength || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return null;
        }

        if (options.CertificatesFolder is { } folder)
        {
            string path = Path.Combine(folder, $"{id}.json");
            if (File.Exists(path))
            {
                return File.ReadAllBytes(path);
            }
        }

        lock (_lock)
        {
            return _byId.TryGetValue(id, out byte[]? json) && _kept.First(kept => kept.Id == id).Until > time.GetUtcNow() ? json : null;
        }
    }

    /// <summary>Writes into the folder, where there is one: complete or not at all, even for a reader at that moment. A full disk is
    /// no reason to lose a certificate; it is kept in memory then.</summary>
    private bool IsWritten(string id, byte[] json)
    {
        if (options.CertificatesFolder is not { } folder)
        {
            return false;
        }

        try
        {
            OutputTarget.Write(Path.Combine(folder, $"{id}.json"), file => File.WriteAllBytes(file, json));
            return true;
        }
        catch (CertiPureException e)
        {
            LogUnwritten(folder, e);
            return false;
        }
    }

    private void Remember(string id, byte[] json)
    {
        lock (_lock)
        {
            _kept.AddLast((id, time.GetUtcNow() + options.KeepCertificates, json));
            _byId[id] = json;
            _bytes += json.Length;
            while (_kept.First is { } oldest
                && (_bytes > options.MaxKeptBytes || oldest.Value.Until <= time.GetUtcNow()))
            {
                _kept.RemoveFirst();
                _byId.Remove(oldest.Value.Id);
                _bytes -= oldest.Value.Json.Length;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A certificate cannot be written into {Folder} and is kept in memory.")]
    private partial void LogUnwritten(string folder, Exception exception);
}
