using System.Buffers.Binary;
using System.Text;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Builds safetensors files by hand, right or wrong, independently of the writer under test.</summary>
internal static class SafeTensorsFile
{
    public static byte[] Of(string header, int dataBytes) => Of(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    public static byte[] Of(byte[] header, byte[] data)
    {
        var file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        data.CopyTo(file, 8 + header.Length);
        return file;
    }
}
