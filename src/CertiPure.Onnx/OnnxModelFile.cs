using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx;

/// <summary>An ONNX model as files: the model itself and those beside it that hold weights, each with its hash.</summary>
internal sealed class OnnxModelFile
{
    private readonly string _path;
    private readonly byte[] _model;
    private readonly string _folder;

    /// <summary>Reads the model, and hashes every file of it.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <exception cref="CertiPureException">A file is missing, or lies elsewhere than beside the model.</exception>
    public OnnxModelFile(string path)
        : this(Read(path), path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "")
    {
    }

    /// <summary>Takes a model that is in memory, whose weights are all within it.</summary>
    /// <param name="model">The bytes of an <c>.onnx</c> file.</param>
    /// <param name="name">What to call it in messages.</param>
    public OnnxModelFile(byte[] model, string name)
        : this(model, name, "")
    {
    }

    private OnnxModelFile(byte[] model, string path, string folder)
    {
        _path = path;
        _folder = folder;
        _model = model;
        Outline = OnnxOutline.Of(_model);
        var hashes = new Dictionary<string, string> { [Path.GetFileName(path)] = Convert.ToHexStringLower(SHA256.HashData(_model)) };
        foreach (string location in Outline.ExternalFiles)
        {
            // Another folder's file would not travel with the model, and a hostile model could name any file of the machine.
            if (folder.Length == 0 || location.Length == 0 || Path.GetFileName(location) != location || location is "." or "..")
            {
                throw new CertiPureException(
                    $"The ONNX model {path} keeps weights in '{location}', which does not lie beside it; export it with its weights inside or beside it.");
            }

            hashes[location] = HashOf(location);
        }

        Hashes = hashes;
    }

    /// <summary>The model's bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _model;

    /// <summary>The graph as far as it is needed.</summary>
    public OnnxOutline Outline { get; }

    /// <summary>SHA-256 of each file, by its name; the model's first.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; }

    /// <summary>Opens a session on the bytes that were hashed.</summary>
    /// <param name="options">How ONNX Runtime computes.</param>
    /// <exception cref="CertiPureException">ONNX Runtime cannot load it, or a file changed meanwhile.</exception>
    public InferenceSession Open(SessionOptions options)
    {
        // Weights are looked for in a folder; where the model names no file, in one that is a file, so that none is found anywhere.
        options.AddSessionConfigEntry(
            "session.model_external_initializers_file_folder_path", Outline.ExternalFiles.Count > 0 ? _folder : Path.GetFullPath(_path));
        InferenceSession session;
        try
        {
            session = new InferenceSession(_model, options);
        }
        catch (OnnxRuntimeException error) when (error.Message.Contains("external data", StringComparison.OrdinalIgnoreCase))
        {
            throw new CertiPureException(
                $"The ONNX model {_path} keeps weights in other files, which its hash would not cover; export it with external_data=False.",
                error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new CertiPureException(
                $"{_path} is not an ONNX model that ONNX Runtime can load ({FirstLine(error)}); export it again.", error);
        }

        foreach (string location in Outline.ExternalFiles)
        {
            if (HashOf(location) != Hashes[location])
            {
                session.Dispose();
                throw new CertiPureException($"{Path.Combine(_folder, location)} changed while it was read.", ErrorReason.Refused);
            }
        }

        return session;
    }

    /// <summary>The first line of what ONNX Runtime says.</summary>
    public static string FirstLine(Exception error) => error.Message.Split('\n')[0].Trim().TrimEnd('.');

    private string HashOf(string location)
    {
        try
        {
            using FileStream stream = File.OpenRead(Path.Combine(_folder, location));
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} keeps weights in {location}, which cannot be read beside it: {error.Message}", error);
        }
    }

    /// <summary>What a file that is often given under an ONNX model's name is, with what to do; null for anything else.</summary>
    private static string? OtherForm(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer to one: fetch it with git lfs pull",
        _ when head.StartsWith("PK"u8) => "a zip file, as PyTorch writes: name it .pt",
        [0x80, >= 2 and <= 5, ..] => "a pickle, as PyTorch writes: name it .pt",
        [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..] => "a safetensors file: name it .safetensors",
        _ when head.StartsWith("<"u8) => "a web page: download the model again",
        _ => null,
    };

    private static byte[] Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            long length = new FileInfo(path).Length;
            if (length > Array.MaxLength)
            {
                throw new CertiPureException(
                    $"The ONNX model {path} has {length} bytes, and ONNX files end at 2 GB: export a smaller model.");
            }

            byte[] model = File.ReadAllBytes(path);
            return OtherForm(model) is { } form ? throw new CertiPureException($"{path} is not an ONNX model but {form}.") : model;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The ONNX model {path} cannot be read: {error.Message}", error);
        }
    }
}
