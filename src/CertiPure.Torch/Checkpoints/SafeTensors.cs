namespace CertiPure.Torch.Checkpoints;

/// <summary>
/// The safetensors format: eight bytes with the header's length, a JSON header of names, types, shapes and offsets, then the
/// tensors' bytes without a gap.
/// </summary>
public static class SafeTensors
{
    /// <summary>Opens a file; only the header is read, the tensors' bytes stay in the file until they are asked for.</summary>
    /// <exception cref="CertiPureException">The file is missing or malformed; the message says how.</exception>
    public static Checkpoint Read(string path)
    {
        var file = new CheckpointFile(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads an open file, which the checkpoint then owns.</summary>
    internal static Checkpoint Read(CheckpointFile file)
    {
        SafeTensorsHeader header = SafeTensorsHeader.Read(file);
        return new Checkpoint(file.Path, header.Tensors(file), header.Metadata, [file]) { Format = CheckpointFormat.SafeTensors };
    }

    /// <summary>
    /// Writes a checkpoint. The same tensors and metadata give the same bytes, whatever their order: the header is sorted by
    /// element size (largest first, so that every tensor is aligned) and name. The file appears under its name only when it is complete.
    /// </summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="checkpoint">What to write.</param>
    /// <param name="floatingPoint">Null keeps every element as it is; Float16 or BFloat16 stores the floating-point tensors in
    /// half the space, Float32 in full precision. Tensors of integers and booleans stay as they are.</param>
    /// <exception cref="CertiPureException">The file cannot be written, or a value is too large for Float16.</exception>
    public static void Write(string path, Checkpoint checkpoint, ElementType? floatingPoint = null) =>
        SafeTensorsWriter.Write(path, checkpoint, floatingPoint);
}
