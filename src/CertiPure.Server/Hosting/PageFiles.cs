using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace CertiPure.Server.Hosting;

/// <summary>The page's files, embedded in the assembly: only these names can be asked for.</summary>
internal sealed class PageFiles
{
    private const string Prefix = "page/";

    private readonly Dictionary<string, PageFile> _files = [];

    public PageFiles()
    {
        Assembly assembly = typeof(PageFiles).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            string tag = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
            _files[resource[Prefix.Length..]] = new PageFile(bytes, TypeOf(resource), new EntityTagHeaderValue($"\"{tag}\""));
        }
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/", (HttpContext context) => Answer(context, _files["index.html"])).ExcludeFromDescription();
        foreach ((string name, PageFile file) in _files)
        {
            app.MapGet($"/{name}", (HttpContext context) => Answer(context, file)).ExcludeFromDescription();
        }
    }

    private static FileContentHttpResult Answer(HttpContext context, PageFile file)
    {
        // Kept by the browser, but asked for again each time: after an update no old module meets a new one.
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Bytes, file.ContentType, entityTag: file.Tag);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        string other => throw new InvalidOperationException($"The page has a file of unknown kind '{other}'."),
    };

    private sealed record PageFile(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag);
}
