using CertiPure.Torch.Checkpoints.Flax;
using CertiPure.Torch.Checkpoints.HuggingFace;
using CertiPure.Torch.Checkpoints.PyTorch;
using CertiPure.Torch.Checkpoints.Recognition;

namespace CertiPure.Torch.Checkpoints;

/// <summary>Opens checkpoints of every supported form, recognised by their content and not by their name.</summary>
public static class CheckpointReader
{
    private const int HeadBytes = 64;

    /// <summary>
    /// Opens a checkpoint: safetensors, PyTorch's zip and legacy files, EDM's pickles of whole networks, Flax's msgpack, or a Hugging
    /// Face folder. Nothing in the file is ever executed.
    /// </summary>
    /// <param name="path">A file, or a folder with <c>config.json</c>.</param>
    /// <param name="section">Where in the file the tensors are, keys joined by '/', such as <c>params</c> or <c>state_dict</c>; null finds
    /// them and prefers averaged weights (<c>params_ema</c>, <c>ema</c>).</param>
    /// <exception cref="CertiPureException">The file is missing, malformed, hostile or of no known form; the message says which.</exception>
    public static Checkpoint Open(string path, string? section = null) =>
        Unwrap(Directory.Exists(path) ? HuggingFaceFolder.Read(path) : OpenFile(path, section));

    /// <summary>Opens a checkpoint that is in memory.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="content">A file's bytes, of any form but a folder; not copied.</param>
    /// <param name="section">Where in the file the tensors are, as for a file.</param>
    /// <exception cref="CertiPureException">The content is malformed, hostile or of no known form; the message says which.</exception>
    public static Checkpoint Open(string name, ReadOnlyMemory<byte> content, string? section = null) =>
        Unwrap(Open(new CheckpointFile(name, content), section));

    internal static Checkpoint OpenFile(string path, string? section) => Open(new CheckpointFile(path), section);

    private static Checkpoint Open(CheckpointFile file, string? section)
    {
        try
        {
            CheckpointFormat format = Recognise(file);
            return format switch
            {
                CheckpointFormat.SafeTensors => SafeTensors.Read(file),
                CheckpointFormat.Flax => FlaxReader.Read(file, section),
                _ => TorchReader.Read(file, format, section),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Checkpoint Unwrap(Checkpoint opened)
    {
        try
        {
            return NetworkPart.Find(opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static CheckpointFormat Recognise(CheckpointFile file)
    {
        byte[] head = file.Read(0, (int)Math.Min(file.Length, HeadBytes));
        return head switch
        {
            _ when TorchArchive.Recognises(head) => CheckpointFormat.PyTorchZip,
            _ when LegacyFile.Recognises(head) => CheckpointFormat.PyTorchLegacy,
            [_, _, _, _, 0, 0, 0, 0, (byte)'{', ..] => CheckpointFormat.SafeTensors,
            [0x80, >= 2 and <= 5, ..] => CheckpointFormat.Pickle,
            // The version of the format, then the name of what wrote it, its documentation or the graph.
            [0x08, >= 1 and <= 20, 0x12 or 0x1A or 0x22 or 0x2A or 0x32 or 0x3A or 0x42, ..] => throw Unreadable.Because(file.Path,
                "it is an ONNX model, which needs no conversion; give it as the classifier, under a name that ends in .onnx"),
            _ when FlaxReader.Recognises(head) => CheckpointFormat.Flax,
            [] => throw Unreadable.Because(file.Path, "it is empty; copy it again"),
            _ when head.AsSpan().StartsWith("version https://git-lfs"u8) => throw Unreadable.Because(file.Path,
                "it is Git LFS's pointer and not the file itself; fetch it with 'git lfs pull'"),
            _ when head.AsSpan().StartsWith("<"u8) => throw Unreadable.Because(file.Path, "it is a web page, so its download went wrong; download it again"),
            _ when head.AsSpan().StartsWith("{"u8) => throw Unreadable.Because(file.Path, "it is JSON text, such as a configuration or an index "
                + "of shards, and of no known form; name the folder that holds it"),
            _ => throw Unreadable.Because(file.Path, "it is of no known form (safetensors, PyTorch, EDM's pickle, Flax)"),
        };
    }
}
