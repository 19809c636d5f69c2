using System.Security.Cryptography;
using CertiPure.Images;
using Microsoft.ML.OnnxRuntime;

namespace CertiPure.Onnx;

/// <summary>
/// An image classifier from an ONNX file, run by ONNX Runtime on the CPU. Its one input is float32 <c>[N,C,H,W]</c> in
/// pixel space [0,1] (resize and normalisation belong inside the model), its first output float32 logits <c>[N,K]</c>. A
/// model that fixes N runs in batches of that size, the last one padded with black images. All weights must lie in the one
/// file, so that its hash is theirs.
/// </summary>
public sealed class OnnxClassifier : IClassifier, IDisposable
{
    // One gibibyte of pixels: a declared size beyond it is no classifier's, and a hostile one could ask for all memory.
    private const long MaxBatchValues = 1L << 28;

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _path;
    private readonly string _input;
    private readonly string _output;
    private readonly int? _fixedBatch;

    /// <summary>Loads a model.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="shape">The image shape, needed only where the model leaves its dimensions open.</param>
    /// <param name="threads">Threads of one run, at least 1; null for one per core. Results may differ in their last
    /// bits between numbers of threads.</param>
    /// <exception cref="CertiPureException">The file is missing, not an ONNX model, or not an image classifier.</exception>
    public OnnxClassifier(string path, ImageShape? shape = null, int? threads = null)
        : this(Read(path), path, shape, options: null, threads)
    {
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="model">The bytes of an <c>.onnx</c> file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="options">How ONNX Runtime computes, such as on which execution provider; null for <see
    /// cref="OnnxRuntimeLibrary.Options"/>. It remains the caller's.</param>
    /// <exception cref="CertiPureException">It is not an ONNX model, or not an image classifier.</exception>
    public OnnxClassifier(byte[] model, string name, SessionOptions? options = null)
        : this(model, name, null, options, null)
    {
    }

    private OnnxClassifier(byte[] model, string path, ImageShape? shape, SessionOptions? options, int? threads)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(model));
        using SessionOptions? own = options is null ? OnnxRuntimeLibrary.Options(threads) : null;
        _session = Open(path, model, options ?? own!);
        Metadata = _session.ModelMetadata.CustomMetadataMap;
        try
        {
            SuspectNodes = Onnx.SuspectNodes.In(model);
            (_input, Shape, _fixedBatch) = ReadInput(shape);
            _output = _session.OutputNames[0];
            ClassCount = CountClasses();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int ClassCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<SuspectNode> SuspectNodes { get; }

    /// <summary>What the file says about itself, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

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
        int step = _fixedBatch ?? Math.Max(images.Count, 1);
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
            return model.AsSpan().StartsWith("version https://git-lfs"u8)
                ? throw new CertiPureException(
                    $"{path} is a Git LFS pointer and not the ONNX model itself: fetch the model with git lfs pull.")
                : model;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"The ONNX model {path} cannot be read: {error.Message}", error);
        }
    }

    // Opened from the bytes that were hashed. ONNX Runtime would still look for external data in the working directory; told to look
    // in a folder that is a file, it finds none anywhere.
    private static InferenceSession Open(string path, byte[] model, SessionOptions options)
    {
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetFullPath(path));
        try
        {
            return new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException error) when (error.Message.Contains("external data", StringComparison.OrdinalIgnoreCase))
        {
            throw new CertiPureException(
                $"The ONNX model {path} keeps weights in other files, which its hash would not cover; export it with external_data=False.",
                error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new CertiPureException(
                $"{path} is not an ONNX model that ONNX Runtime can load ({FirstLine(error)}); export it again.", error);
        }
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].Trim().TrimEnd('.');

    private (string Name, ImageShape Shape, int? FixedBatch) ReadInput(ImageShape? asked)
    {
        (string name, NodeMetadata input) = _session.InputMetadata.Count == 1
            ? _session.InputMetadata.Single()
            : throw NotAClassifier($"it has {_session.InputMetadata.Count} inputs ({string.Join(", ", _session.InputNames)})");
        if (input.ElementType != typeof(float) || input.Dimensions is not [var batch, var channels, var height, var width])
        {
            throw NotAClassifier(
                $"its input '{name}' is {input.ElementType.Name} [{string.Join(',', input.Dimensions)}]");
        }

        ImageShape given = asked ?? default;
        var shape = new ImageShape(
            channels > 0 ? channels : given.Channels, height > 0 ? height : given.Height, width > 0 ? width : given.Width);
        if (shape.Channels <= 0 || shape.Height <= 0 || shape.Width <= 0)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} leaves its image size open; export it with fixed channels, height and width.");
        }

        int images = Math.Max(batch, 1);
        if ((Int128)images * shape.Channels * shape.Height * shape.Width > MaxBatchValues)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} takes batches of {images} images of {shape}, more than memory is given to; export it with "
                + "smaller ones.");
        }

        return asked is { } wanted && wanted != shape
            ? throw new CertiPureException(
                $"The ONNX model {_path} takes images of {shape}, but the images here are {wanted}; choose a classifier of "
                + "that size.",
                ErrorReason.Refused)
            : (name, shape, batch > 0 ? batch : null);
    }

    private int CountClasses()
    {
        NodeMetadata output = _session.OutputMetadata[_output];
        if (output.ElementType != typeof(float))
        {
            throw NotAClassifier($"its output '{_output}' is {output.ElementType.Name}");
        }

        // What the file declares may be open or untrue; one run shows it. Two images: one row for a whole batch would look right for one.
        int batch = _fixedBatch ?? 2;
        using OrtValue images = Wrap(new float[batch * Shape.Length], batch);
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(images);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        return shape is [var n, var classes] && n == batch && classes is >= 2 and <= int.MaxValue
            ? (int)classes
            : throw NotAClassifier($"its output '{_output}' has the shape [{string.Join(',', shape)}] for {batch} images");
    }

    private void RunBatch(Memory<float> pixels, int count, Span<float> logits)
    {
        using OrtValue images = Wrap(pixels, count);
        using IDisposableReadOnlyCollection<OrtValue> outputs = Run(images);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        if (shape is not [var rows, var classes] || rows != count || classes != ClassCount)
        {
            throw NotAClassifier($"its output '{_output}' has the shape [{string.Join(',', shape)}] for {count} images");
        }

        ReadOnlySpan<float> scores = outputs[0].GetTensorDataAsSpan<float>();

        scores[..logits.Length].CopyTo(logits);
    }

    private OrtValue Wrap(Memory<float> pixels, int count) =>
        OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, pixels, [count, Shape.Channels, Shape.Height, Shape.Width]);

    private IDisposableReadOnlyCollection<OrtValue> Run(OrtValue images)
    {
        try
        {
            return _session.Run(_run, [_input], [images], [_output]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new CertiPureException(
                $"The ONNX model {_path} fails on images of {Shape} ({FirstLine(error)}); export it again.", error);
        }
    }

    private CertiPureException NotAClassifier(string because) =>
        new($"The ONNX model {_path} is not an image classifier: {because}, where one float input [N,C,H,W] and float logits "
            + "[N,K] are needed.");
}
