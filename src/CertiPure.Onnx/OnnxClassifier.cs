using System.Text.Json;
using System.Text.RegularExpressions;
using CertiPure.Images;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx;

/// <summary>
/// An image classifier from an ONNX file, run by ONNX Runtime on the CPU. Its one input is a batch of images, float, half, double or
/// byte, channels first or last; one of its outputs is a row of scores per image. A model that fixes the number of images runs in batches of
/// that size, the last one padded with black images. Weights lie in the file or in files beside it, each of which is hashed.
/// </summary>
public sealed partial class OnnxClassifier : IClassifier, IDisposable
{
    // One gibibyte of pixels: a larger declared size is not a classifier's, and a hostile one could ask for all memory.
    private const long MaxBatchValues = 1L << 28;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _path;
    private readonly OnnxImageInput _input;

    /// <summary>Loads a model.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="shape">The image shape, needed only where the model leaves its dimensions open.</param>
    /// <param name="threads">Threads of one run, at least 1; null for one per core. Results may differ in their last
    /// bits between numbers of threads.</param>
    /// <param name="output">The output that gives the scores; null where only one can.</param>
    /// <exception cref="CertiPureException">A file is missing, not an ONNX model, or not an image classifier.</exception>
    public OnnxClassifier(string path, ImageShape? shape = null, int? threads = null, string? output = null)
        : this(new OnnxModelFile(path), path, shape, options: null, threads, output)
    {
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="model">The bytes of an <c>.onnx</c> file, its weights within it.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="options">How ONNX Runtime computes, such as on which execution provider; null for <see
    /// cref="OnnxRuntimeLibrary.Options"/>. It remains the caller's.</param>
    /// <exception cref="CertiPureException">It is not an ONNX model, or not an image classifier.</exception>
    public OnnxClassifier(byte[] model, string name, SessionOptions? options = null)
        : this(new OnnxModelFile(model, name), name, null, options, null, null)
    {
    }

    /// <summary>Loads a model from memory, to run as <see cref="OnnxRuntimeLibrary.Options"/> says.</summary>
    /// <param name="model">The bytes of an <c>.onnx</c> file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="threads">Threads of one run, at least 1; null for one per processor.</param>
    /// <param name="graphicsCard">The number of the NVIDIA card to compute on; null for the processor.</param>
    /// <exception cref="CertiPureException">It is not an ONNX model, or not an image classifier, or the card cannot be used.</exception>
    public static OnnxClassifier Open(byte[] model, string name, int? threads = null, int? graphicsCard = null)
    {
        using SessionOptions options = OnnxRuntimeLibrary.Options(threads, graphicsCard);
        return new OnnxClassifier(model, name, options);
    }

    private OnnxClassifier(OnnxModelFile file, string path, ImageShape? shape, SessionOptions? options, int? threads, string? output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        _path = path;
        Files = file.Hashes;
        using SessionOptions? own = options is null ? OnnxRuntimeLibrary.Options(threads) : null;
        _session = file.Open(options ?? own!);
        Metadata = _session.ModelMetadata.CustomMetadataMap;
        try
        {
            SuspectNodes = Onnx.SuspectNodes.In(file.Bytes);
            _input = ReadInput(shape);
            Output = OnnxScores.Choose(_session, file.Outline, output)
                ?? throw new CertiPureException(
                    output is null
                        ? $"The ONNX model {path} has several outputs, and which one gives the scores is not clear: {OnnxScores.Describe(_session)}."
                        : $"The ONNX model {path} has no output '{output}'; it has {OnnxScores.Describe(_session)}.",
                    ErrorReason.OutputUnclear);
            ClassCount = CountClasses();
            ClassNames = ReadClassNames();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ImageShape Shape => _input.Shape;

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SuspectNode> SuspectNodes { get; }

    /// <summary>The output that gives the scores.</summary>
    public string Output { get; }

    /// <summary>Whether the model has other outputs too.</summary>
    public bool HasSeveralOutputs => _session.OutputNames.Count > 1;

    /// <summary>The classes' names in the file's metadata, as many as there are classes; empty where it has none.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Whether the input takes bytes from 0 to 255.</summary>
    public bool TakesBytes => _input.IsBytes;

    /// <summary>The file's metadata, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>SHA-256 of the model's file, lower-case hexadecimal.</summary>
    public string Sha256 => Files.First().Value;

    /// <summary>SHA-256 of each file, by its name: the model's first, then those that hold its weights.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <inheritdoc/>
    /// <exception cref="CertiPureException">The model fails on the images.</exception>
    public float[] Logits(ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape != Shape)
        {
            throw new ArgumentException($"{_path} takes images of {Shape}, not {images.Shape}.", nameof(images));
        }

        var logits = new float[images.Count * ClassCount];
        int step = _input.FixedBatch ?? Math.Max(images.Count, 1);
        for (int start = 0; start < images.Count; start += step)
        {
            int count = Math.Min(step, images.Count - start);
            Memory<float> pixels = images.Pixels.Slice(start * Shape.Length, count * Shape.Length);
            if (count < step)
            {
                var padded = new float[step * Shape.Length];
                pixels.CopyTo(padded);
                pixels = padded;
            }

            RunBatch(pixels, step, logits.AsSpan(start * ClassCount, count * ClassCount));
        }

        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private OnnxImageInput ReadInput(ImageShape? asked)
    {
        (string name, NodeMetadata metadata) = _session.InputMetadata.Count == 1
            ? _session.InputMetadata.Single()
            : throw NotAClassifier($"it has {_session.InputMetadata.Count} inputs ({string.Join(", ", _session.InputNames)})");
        OnnxImageInput input = OnnxImageInput.Of(name, metadata, asked)
            ?? throw NotAClassifier($"its input '{name}' is {metadata.ElementType.Name} [{string.Join(',', metadata.Dimensions)}]");
        ImageShape shape = input.Shape;
        if (shape.Channels <= 0 || shape.Height <= 0 || shape.Width <= 0)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} leaves its image size open; export it with fixed channels, height and width.");
        }

        int images = input.FixedBatch ?? 1;
        if ((Int128)images * shape.Channels * shape.Height * shape.Width > MaxBatchValues)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} takes batches of {images} images of {shape}, more than memory is given to; export it with "
                + "smaller ones.");
        }

        return asked is { } wanted && wanted != shape
            ? throw new CertiPureException(
                $"The ONNX model {_path} takes images of {shape}, but the images here are {wanted}; choose a classifier of that size.",
                wanted.Channels == shape.Channels && shape.Height == shape.Width ? ErrorReason.ClassifierSize : ErrorReason.Refused)
            : input;
    }

    private int CountClasses()
    {
        // What the file declares may be open or untrue; one run shows it. Two images: one row for a whole batch would look right for one.
        int batch = _input.FixedBatch ?? 2;
        using OrtValue images = _input.Wrap(new float[batch * Shape.Length], batch);
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(images);
        OrtTensorTypeAndShapeInfo found = outputs[0].GetTensorTypeAndShape();
        int classes = OnnxScores.CountClasses(found.Shape, batch);
        return classes == 0 ? throw NotAClassifier($"its output '{Output}' has the shape [{string.Join(',', found.Shape)}] for {batch} images")
            : OnnxScores.Copy(outputs[0], new float[1]) ? classes
            : throw NotAClassifier($"its output '{Output}' is {found.ElementDataType}");
    }

    private void RunBatch(Memory<float> pixels, int count, Span<float> logits)
    {
        using OrtValue images = _input.Wrap(pixels, count);
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(images);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        if (OnnxScores.CountClasses(shape, count) != ClassCount || !OnnxScores.Copy(outputs[0], logits))
        {
            throw NotAClassifier($"its output '{Output}' has the shape [{string.Join(',', shape)}] for {count} images");
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Run(OrtValue images)
    {
        try
        {
            return _session.Run(_run, [_input.Name], [images], [Output]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} fails on images of {Shape} ({OnnxModelFile.FirstLine(error)}); export it again.", error);
        }
    }

    /// <summary>Names in the metadata: a JSON list or object, Python's own form of either (as YOLO's exporter writes), or words separated by
    /// commas.</summary>
    private string[] ReadClassNames()
    {
        foreach (string key in (string[])["classes", "class_names", "names", "labels", "id2label"])
        {
            if (_session.ModelMetadata.CustomMetadataMap.TryGetValue(key, out string? text) && ParseNames(text) is { } names
                && names.Length == ClassCount)
            {
                return names;
            }
        }

        return [];
    }

    private static string[]? ParseNames(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(PythonKey().Replace(text.Replace('\'', '"'), "\"$1\":"));
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(name => name.ToString())],
                JsonValueKind.Object => [.. document.RootElement.EnumerateObject()
                    .OrderBy(pair => int.TryParse(pair.Name, out int label) ? label : int.MaxValue).Select(pair => pair.Value.ToString())],
                _ => null,
            };
        }
        catch (JsonException)
        {
            return text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
    }

    [GeneratedRegex(@"(?<=[{,]\s*)(\d+)\s*:")]
    private static partial Regex PythonKey();

    private CertiPureException NotAClassifier(string because) =>
        new($"The ONNX model {_path} is not an image classifier: {because}, where one input of images [N,C,H,W] or [N,H,W,C] and scores [N,K] "
            + "are needed.");
}
