namespace CertiPure.Images;

/// <summary>
/// CIFAR-10 in its binary layout (the folder <c>cifar-10-batches-bin</c>): records of a label byte and 3,072 bytes of red, green
/// and blue planes.
/// </summary>
public static class CifarBinary
{
    private const string Folder = "cifar-10-batches-bin";
    private const int MostImages = 100_000;
    private static readonly ImageShape Shape = new(3, 32, 32);

    /// <summary>Reads a split.</summary>
    /// <param name="folder">The folder with the <c>.bin</c> files, or the one that holds <c>cifar-10-batches-bin</c>.</param>
    /// <param name="split"><c>test</c> (test_batch.bin) or <c>train</c> (data_batch_1.bin to data_batch_5.bin in order).</param>
    /// <exception cref="CertiPureException">A file is missing or damaged, or there is no such split.</exception>
    public static ImageSet Read(string folder, string split)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string[] names = split switch
        {
            "test" => ["test_batch.bin"],
            "train" => [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            _ => throw new CertiPureException($"CIFAR-10 has no split '{split}'; take train or test.", ErrorReason.InvalidArgument),
        };
        string place = Directory.Exists(Path.Combine(folder, Folder)) ? Path.Combine(folder, Folder) : folder;
        byte[][] files = [.. names.Select(name => ReadRecords(Path.Combine(place, name)))];
        int count = files.Sum(file => file.Length / (Shape.Length + 1));
        byte[] pixels = new byte[count * Shape.Length];
        int[] labels = new int[count];
        int id = 0;
        foreach (byte[] file in files)
        {
            for (int start = 0; start < file.Length; start += Shape.Length + 1, id++)
            {
                labels[id] = file[start];
                file.AsSpan(start + 1, Shape.Length).CopyTo(pixels.AsSpan(id * Shape.Length));
            }
        }

        return new ImageSet("cifar10", split, Shape, pixels, labels, ReadClassNames(Path.Combine(place, "batches.meta.txt")));
    }

    private static byte[] ReadRecords(string path)
    {
        byte[] file = DataFile.Read(path, (long)MostImages * (Shape.Length + 1));
        return file.Length > 0 && file.Length % (Shape.Length + 1) == 0
            ? file
            : throw new CertiPureException(
                $"{path} has {file.Length} bytes, which is not a whole number of {Shape.Length + 1}-byte CIFAR-10 records; it is "
                + "truncated or another file, so get it again.");
    }

    private static string[] ReadClassNames(string path)
    {
        if (!File.Exists(path))
        {
            return ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
        }

        byte[] text = DataFile.Read(path, 65_536);
        string[] names = System.Text.Encoding.UTF8.GetString(text)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length == 10
            ? names
            : throw new CertiPureException($"{path} names {names.Length} classes instead of 10; get the data set again.");
    }
}
