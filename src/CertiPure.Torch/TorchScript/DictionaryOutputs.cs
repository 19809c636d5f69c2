using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.TorchScript;

/// <summary>
/// Programs that return a dictionary. TorchSharp receives tensors, tuples and lists, but no dictionary; so two methods are added to
/// a copy of the program in memory, which hand out the values and the keys of what its own forward returns.
/// </summary>
internal static partial class DictionaryOutputs
{
    private const string Values = "certipure_values";
    private const string Keys = "certipure_keys";

    // A classifier's code is a few kilobytes; more is not read for a signature.
    internal const long MaxCode = 16 << 20;

    /// <summary>Adds the methods to a program that returns a dictionary of tensors.</summary>
    /// <param name="path">The program's file.</param>
    /// <returns>The program with the methods; null for a program that returns something else, or no program.</returns>
    public static byte[]? Unpack(string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (entry.FullName.Contains("/code/", StringComparison.Ordinal) && entry.FullName.EndsWith(".py", StringComparison.Ordinal)
                    && entry.Length <= MaxCode
                    && AddMethods(ReadText(entry), RootClass(archive)) is { } code)
                {
                    return Rewrite(archive, entry, code);
                }
            }

            return null;
        }
        catch (InvalidDataException)
        {
            // Not a zip file: the loader says what is wrong with it.
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Runs a program that <see cref="Unpack"/> gave.</summary>
    /// <param name="program">The program.</param>
    /// <param name="images">The images.</param>
    /// <returns>The dictionary's keys and tensors.</returns>
    public static IReadOnlyList<(string Name, object? Value)> Run(jit.ScriptModule program, Tensor images)
    {
        var values = (Tensor[])program.invoke(Values, images);
        var keys = (Tensor[])program.invoke(Keys, images[..1]);
        return [.. keys.Select(Decode).Zip(values, (name, value) => (name, (object?)value))];
    }

    private static string Decode(Tensor letters) =>
        string.Concat(letters.cpu().data<long>().ToArray().Select(letter => char.ConvertFromUtf32((int)letter)));

    /// <summary>A file of the archive as text.</summary>
    internal static string ReadText(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The class of the archive's one object: the first name of its pickle.</summary>
    internal static string? RootClass(ZipArchive archive)
    {
        ZipArchiveEntry? data = archive.Entries.FirstOrDefault(
            entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal) && entry.Length <= MaxCode);
        if (data is null)
        {
            return null;
        }

        using Stream stream = data.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        Match match = PickledClass().Match(Encoding.Latin1.GetString(bytes.ToArray()));
        return match.Success ? $"{match.Groups["module"].Value}.{match.Groups["name"].Value}" : null;
    }

    private static string? AddMethods(string code, string? root)
    {
        Match forward = DictionaryForward().Matches(code).FirstOrDefault(match => match.Groups["type"].Value == root)!;
        if (root is null || forward is null)
        {
            return null;
        }

        int end = code.IndexOf("\nclass ", forward.Index, StringComparison.Ordinal);
        end = end < 0 ? code.Length : end + 1;
        string methods = $"""
              def {Values}(self: {root},
                x: Tensor) -> List[Tensor]:
                _0 = (self).forward(x, )
                return torch.values(_0)
              def {Keys}(self: {root},
                x: Tensor) -> List[Tensor]:
                _0 = torch.keys((self).forward(x, ))
                _1 = annotate(List[Tensor], [])
                for _2 in range(torch.len(_0)):
                  _3 = _0[_2]
                  _4 = annotate(List[int], [])
                  for _5 in range(torch.len(_3)):
                    _6 = torch.append(_4, torch.ord(_3[_5]))
                  _7 = torch.append(_1, torch.tensor(_4))
                return _1

            """.ReplaceLineEndings("\n");
        return $"{code[..end].TrimEnd('\n')}\n{methods}{code[end..]}";
    }

    private static byte[] Rewrite(ZipArchive archive, ZipArchiveEntry replaced, string code)
    {
        using var bytes = new MemoryStream();
        using (var copy = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                using Stream target = copy.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                if (entry == replaced)
                {
                    target.Write(Encoding.UTF8.GetBytes(code));
                    continue;
                }

                using Stream source = entry.Open();
                source.CopyTo(target);
            }
        }

        return bytes.ToArray();
    }

    // Opcode GLOBAL of a pickle: c, module, line feed, name, line feed.
    [GeneratedRegex(@"c(?<module>__torch__[\w.]*)\n(?<name>\w+)\n")]
    private static partial Regex PickledClass();

    [GeneratedRegex(@"^  def forward\(\w+: (?<type>[\w.]+),\s+\w+: Tensor\) -> Dict\[str, Tensor\]:", RegexOptions.Multiline)]
    private static partial Regex DictionaryForward();
}
