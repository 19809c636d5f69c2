using System.IO.Compression;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Recipes.Catalog;

/// <summary>From the name or path of a network to the network: purifiers, and classifiers as weights, TorchScript or ONNX files.</summary>
internal static class NetworkFiles
{
    /// <summary>SHA-256 of each file of a classifier, by its name: the one that was named first.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(IClassifier classifier, string path) =>
        OnnxOf(classifier)?.Files ?? new Dictionary<string, string> { [Path.GetFileName(path)] = FileHash.Of(path) };

    /// <summary>The names of classes in a classifier's file; none where it has none.</summary>
    public static IReadOnlyList<string> ClassNamesOf(IClassifier classifier) => OnnxOf(classifier)?.ClassNames ?? [];

    /// <summary>The ONNX file behind a classifier, with or without preprocessing; null for any other.</summary>
    public static OnnxClassifier? OnnxOf(IClassifier classifier) =>
        classifier as OnnxClassifier ?? (classifier as PreprocessedClassifier)?.Network as OnnxClassifier;

    /// <summary>The path of a network: a file, a folder that <c>train purifier</c> wrote, or a bundled model.</summary>
    public static string Resolve(string role, string reference, IReadOnlyList<string> usual, BundledModels models)
    {
        // A folder that train purifier wrote holds the weights under the names that bundled models have.
        if (usual.Select(name => Path.Combine(reference, name + ".safetensors")).FirstOrDefault(File.Exists) is { } own)
        {
            return own;
        }

        if (File.Exists(reference) || Directory.Exists(reference))
        {
            return reference;
        }

        return models.Find(reference, usual)
            ?? throw new CertiPureException(
                $"There is no {role} '{reference}': it is neither a file, nor a folder, nor a bundled model"
                + (models.Names.Count > 0 ? $" ({string.Join(", ", models.Names)})." : $" (there is none in {models.Folder})."));
    }

    /// <summary>What a run calls a network: its file's name, or the bundled model's.</summary>
    public static string NameOf(string reference, string path) =>
        File.Exists(reference) || Directory.Exists(reference) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : reference;

    /// <summary>TorchScript archives are zip files that hold code, which state dicts are not; a request that names the architecture means the
    /// latter.</summary>
    public static bool IsTorchScript(ModelRequest request, string path)
    {
        if (request.Architecture is not null || Directory.Exists(path))
        {
            return false;
        }

        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            return archive.Entries.Any(entry => entry.FullName.EndsWith("/constants.pkl", StringComparison.Ordinal));
        }
        catch (InvalidDataException)
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertiPureException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Loads libtorch and sets the threads of the calling thread's operations.</summary>
    public static void PrepareTorch(ModelRequest request)
    {
        LibTorch.Load();
        if (request.Threads is { } threads)
        {
            LibTorch.Threads = threads;
        }
    }

    /// <summary>Loads a purifier under the level, the label and the precision of the request.</summary>
    public static TorchPurifier LoadPurifier(ModelRequest request, string path)
    {
        NetworkSpace.CheckLevel(request.Sigma, NetworkSpace.Level(request.Sigma, request.Level));
        torch.Device device = request.Device.Open();
        if (request.PurifierSha256 is { } expected && FileHash.Of(path) is var found && found != expected)
        {
            throw new CertiPureException(
                $"The purifier {path} has SHA-256 {found}, but {expected} is asked for; name the same file.", ErrorReason.Refused);
        }

        using Checkpoint file = CheckpointReader.Open(path);
        AnnounceWeights(file, request);
        Denoiser denoiser = PurifierCheckpoint.LoadFile(file);
        try
        {
            Denoiser conditioned = request.PurifierLabel is { } label ? denoiser.WithFixedLabel(label) : denoiser;
            return PurifierMethod.Create(request.Purifier.Method, conditioned, request.Level, request.Precision, device);
        }
        catch
        {
            denoiser.Dispose();
            throw;
        }
    }

    /// <summary>Loads a classifier behind the preprocessing of the request.</summary>
    public static IClassifier LoadClassifier(ModelRequest request, string path)
    {
        ClassifierPreprocessing steps = request.Preprocessing;
        ImageShape shape = steps.NetworkShape(request.Shape);
        if (!OnnxInspection.IsOnnx(path))
        {
            TorchClassifier classifier = LoadTorchClassifier(request with { Shape = shape }, path);
            return Owned(classifier, () => steps.IsNone ? classifier : classifier.Preprocessed(steps, request.Shape));
        }

        var network = new OnnxClassifier(path, shape, request.Threads, request.Output);
        // What takes bytes takes them from 0 to 255.
        steps = network.TakesBytes && steps is { Low: 0, High: 1 } ? steps with { High = 255 } : steps;
        return Owned<IClassifier>(network, () => steps.IsNone ? network : new PreprocessedClassifier(network, steps, request.Shape));

        static T Owned<T>(IDisposable part, Func<T> join)
        {
            try
            {
                return join();
            }
            catch
            {
                part.Dispose();
                throw;
            }
        }
    }

    private static TorchClassifier LoadTorchClassifier(ModelRequest request, string path)
    {
        PrepareTorch(request);
        if (IsTorchScript(request, path))
        {
            return TorchClassifier.FromTorchScript(path, request.Shape, request.Device.Open(), request.Output);
        }

        using Checkpoint file = CheckpointReader.Open(path);
        AnnounceWeights(file, request);
        return ClassifierCheckpoint.Load(StateDict.Complete(file, request), request.Precision, request.Device.Open());
    }

    private static void AnnounceWeights(Checkpoint file, ModelRequest request)
    {
        if (file.RawWeights is { } raw)
        {
            request.Announce?.Invoke(
                $"{file.Path} holds averaged weights in '{file.Section}' beside raw ones in '{raw}'; the averaged ones are used.");
        }
    }
}
