using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace CertiPure.Torch.TorchScript;

/// <summary>What a TorchScript file holds, read from its code; nothing in it is executed.</summary>
/// <param name="Path">The file.</param>
/// <param name="Program">The class of its module, such as <c>__torch__.Net</c>.</param>
/// <param name="Input">The parameters of <c>forward</c>, such as <c>x: Tensor</c>; sizes are not recorded.</param>
/// <param name="Output">What <c>forward</c> returns, such as <c>Tensor</c> or <c>Dict[str, Tensor]</c>.</param>
/// <param name="HasParameters">Whether it has parameters; a frozen program has none, so it cannot be trained further.</param>
/// <param name="Version">The version of the archive's format, as PyTorch counts.</param>
/// <param name="Sha256">The file's SHA-256, lower-case hexadecimal.</param>
public sealed partial record TorchScriptInspection(
    string Path, string Program, string Input, string Output, bool HasParameters, string Version, string Sha256)
{
    /// <summary>Inspects a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds; null where it is not a TorchScript file.</returns>
    /// <exception cref="CertiPureException">It cannot be read, or its module has no <c>forward</c>.</exception>
    public static TorchScriptInspection? Of(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using ZipArchive archive = new(file, ZipArchiveMode.Read, leaveOpen: true);
            if (!archive.Entries.Any(entry => entry.FullName.EndsWith("/constants.pkl", StringComparison.Ordinal)))
            {
                return null;
            }

            string root = DictionaryOutputs.RootClass(archive) ?? "";
            string code = string.Concat(archive.Entries.Where(IsCode).Select(DictionaryOutputs.ReadText));
            Match forward = Forward().Matches(code).FirstOrDefault(match => match.Groups["type"].Value == root)
                ?? throw new CertiPureException($"The TorchScript program {path} has no forward; save a module whose forward takes images.");
            ZipArchiveEntry? version = archive.Entries.FirstOrDefault(
                entry => entry.FullName.EndsWith("/version", StringComparison.Ordinal) && entry.Length < 16);
            string format = version is null ? "" : DictionaryOutputs.ReadText(version).Trim();
            file.Position = 0;
            return new TorchScriptInspection(
                path,
                root,
                Space().Replace(forward.Groups["input"].Value, " ").Trim(),
                forward.Groups["output"].Value.Trim(),
                Parameters().IsMatch(code),
                format,
                Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        catch (InvalidDataException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static bool IsCode(ZipArchiveEntry entry) =>
        entry.FullName.Contains("/code/", StringComparison.Ordinal) && entry.FullName.EndsWith(".py", StringComparison.Ordinal)
        && entry.Length <= DictionaryOutputs.MaxCode;

    [GeneratedRegex(@"^  def forward\(\w+: (?<type>[\w.]+)(?:,(?<input>[^)]*))?\) -> (?<output>[^:]+):", RegexOptions.Multiline)]
    private static partial Regex Forward();

    [GeneratedRegex(@"^  __parameters__ = \[""", RegexOptions.Multiline)]
    private static partial Regex Parameters();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
