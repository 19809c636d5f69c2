using System.Buffers.Binary;
using System.IO.Compression;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Onnx.Tests;

namespace CertiPure.Cli.Tests;

/// <summary>A folder with a small data set in Fashion-MNIST's files and a linear classifier in ONNX, so that commands run for
/// real in milliseconds.</summary>
internal sealed class Workbench : IDisposable
{
    private const int Side = 28;
    private const int Pixels = Side * Side;

    private readonly float[,] _prototypes = new float[10, Pixels];

    public Workbench(int images = 30)
    {
        Folder = Directory.CreateTempSubdirectory("certipure-cli-").FullName;
        var random = new Random(7);
        float[,] prototypes = _prototypes;
        foreach (int i in Enumerable.Range(0, prototypes.Length))
        {
            prototypes[i / Pixels, i % Pixels] = (float)((random.NextDouble() - 0.5) * 0.1);
        }

        string data = Directory.CreateDirectory(Path.Combine(Data, "fashion-mnist")).FullName;
        foreach (string split in (string[])["train", "t10k"])
        {
            var pixels = new byte[images * Pixels];
            var labels = new byte[images];
            for (int i = 0; i < images; i++)
            {
                labels[i] = (byte)(i % 10);
                // Images lie between two classes, each a little differently, so that votes are divided.
                double share = 0.5 + (0.02 * (i % 7));
                for (int p = 0; p < Pixels; p++)
                {
                    double value = 0.5 + (share * prototypes[i % 10, p]) + ((1 - share) * prototypes[(i + 1) % 10, p]);
                    pixels[(i * Pixels) + p] = (byte)Math.Round(255 * value);
                }
            }

            WriteIdx(Path.Combine(data, $"{split}-images-idx3-ubyte.gz"), 0x803, [images, Side, Side], pixels);
            WriteIdx(Path.Combine(data, $"{split}-labels-idx1-ubyte.gz"), 0x801, [images], labels);
        }

        // The bias takes the mid-grey out that all images share, so that only what tells the classes apart counts.
        float[] bias = [.. Enumerable.Range(0, 10)
            .Select(label => -0.5f * Enumerable.Range(0, Pixels).Sum(pixel => prototypes[label, pixel]))];
        OnnxModelFile.WriteLinear(Classifier, [0, 1, Side, Side], prototypes, bias);
    }

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public string Classifier => Path.Combine(Folder, "linear.onnx");

    public string Run => At("run");

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>A certify command over the first images, with changes: later options override earlier ones' values.</summary>
    public string[] Certify(params (string Option, string Value)[] changes)
    {
        var options = new Dictionary<string, string>
        {
            ["--data"] = "fashion-mnist",
            ["--data-dir"] = Data,
            ["--images"] = "0..11",
            ["--classifier"] = Classifier,
            ["--sigma"] = "0.25",
            ["--n0"] = "20",
            ["--n"] = "100",
            ["--threads"] = "1",
            ["--seed"] = "0",
            ["--out"] = Run,
        };
        foreach ((string option, string value) in changes)
        {
            options[option] = value;
        }

        return ["certify", .. options.SelectMany(pair => new[] { pair.Key, pair.Value })];
    }

    /// <summary>Writes a selection network, in ONNX, that is of two minds about the images: their noise decides.</summary>
    /// <returns>Its path.</returns>
    public string WriteSelector()
    {
        var weights = new float[2, Pixels];
        for (int pixel = 0; pixel < Pixels; pixel++)
        {
            weights[1, pixel] = pixel % 2 == 0 ? 1 : -1;
        }

        string path = At("selector.onnx");
        OnnxModelFile.WriteLinear(path, [0, 1, Side, Side], weights, [0, 0]);
        return path;
    }

    /// <summary>Writes the classifier behind a subtraction of the mean over the batch, as batch normalisation in training mode makes it.</summary>
    /// <returns>Its path.</returns>
    public string WriteCoupled()
    {
        string path = At("coupled.onnx");
        OnnxModelFile.WriteLinear(path, [0, 1, Side, Side], _prototypes, new float[10], isCentred: true);
        return path;
    }

    /// <summary>Writes two pictures that nobody has labelled, for classifiers that know other classes than the data set here.</summary>
    /// <returns>Their folder.</returns>
    public string WritePictures()
    {
        string folder = Directory.CreateDirectory(At("pictures")).FullName;
        foreach (int number in (int[])[0, 1])
        {
            float[] pixels = [.. Enumerable.Range(0, Pixels).Select(pixel => (pixel * (number + 3) % 97) / 96f)];
            File.WriteAllBytes(Path.Combine(folder, $"{number}.png"), PngImage.Encode(new ImageShape(1, Side, Side), pixels));
        }

        return folder;
    }

    /// <summary>A log's lines without the one field that no two runs share.</summary>
    public static string[] WithoutTimes(string run) =>
    [
        .. File.ReadAllLines(Path.Combine(run, "certificates.jsonl"))
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, "\"seconds\":[^,}]+", "\"seconds\":0")),
    ];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void WriteIdx(string path, int magic, int[] sizes, byte[] values)
    {
        using var file = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        Span<byte> word = stackalloc byte[4];
        foreach (int value in (int[])[magic, .. sizes])
        {
            BinaryPrimitives.WriteInt32BigEndian(word, value);
            file.Write(word);
        }

        file.Write(values);
    }
}
