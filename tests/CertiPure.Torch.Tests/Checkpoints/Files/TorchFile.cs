using System.IO.Compression;
using System.Runtime.InteropServices;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Builds PyTorch's zip and legacy files from a Python value and its storages.</summary>
internal static class TorchFile
{
    /// <summary>A zip file, as PyTorch writes since 1.6.</summary>
    public static byte[] Zip(object? root, params (string Key, byte[] Bytes)[] storages) => Zip(PickleWriter.Write(root), storages);

    /// <summary>A zip file around a pickle that is given as it is.</summary>
    public static byte[] Zip(byte[] pickle, params (string Key, byte[] Bytes)[] storages) => Archive(
        CompressionLevel.NoCompression,
        [("weights/data.pkl", pickle), .. storages.Select(storage => ($"weights/data/{storage.Key}", storage.Bytes)), ("weights/version", "3\n"u8.ToArray())]);

    /// <summary>Any zip file.</summary>
    public static byte[] Archive(CompressionLevel level, params (string Name, byte[] Bytes)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A legacy file, as PyTorch wrote before 1.6.</summary>
    public static byte[] Legacy(object? root, params (string Key, int ElementSize, byte[] Bytes)[] storages)
    {
        using var stream = new MemoryStream();
        stream.Write([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.']);
        stream.Write(PickleWriter.Write(1001));
        stream.Write(PickleWriter.Write(new Python.Dictionary(("protocol_version", 1001), ("little_endian", true))));
        stream.Write(PickleWriter.Write(root));
        stream.Write(PickleWriter.Write(new Python.List([.. storages.Select(storage => (object?)storage.Key)])));
        foreach ((_, int elementSize, byte[] bytes) in storages)
        {
            stream.Write(BitConverter.GetBytes((long)bytes.Length / elementSize));
            stream.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>The bytes of floats 0, 1, 2, ...</summary>
    public static byte[] Counting(int count) =>
        MemoryMarshal.AsBytes<float>(Enumerable.Range(0, count).Select(i => (float)i).ToArray()).ToArray();
}
