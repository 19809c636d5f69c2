using System.IO.Compression;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Recipes.Graphs;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Recipes.Catalog;

/// <summary>Names and paths to networks: classifiers, purifiers, and the base classifier they make together.</summary>
public static class ModelCatalog
{
    private const int FewImages = 2;

    /// <summary>From this size on, the memory of a batch is measured even where nothing else depends on it.</summary>
    private const int LargeBatch = 256;

    private static readonly string[] ClassifierFiles = ["classifier"];

    /// <summary>Loads the base classifier that the user describes.</summary>
    /// <param name="request">What the user describes.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">A name or file is missing or damaged, or the parts do not fit.</exception>
    public static BaseModel Load(ModelRequest request, BundledModels? models = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = Described(request);
        RefuseLabelOfNothing(request);
        ActivationMemory.RefuseBatch(request.Shape, request.BatchSize);
        models ??= BundledModels.OfProgram;
        string classifierPath = Resolve("classifier", request.Classifier, ClassifierFiles, models);
        string? purifierPath = request.Purifier.Weights is { } weights
            ? Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models)
            : null;
        return NetworkThread.Run(() => Load(request, classifierPath, purifierPath, models));
    }

    private static BaseModel Load(ModelRequest request, string classifierPath, string? purifierPath, BundledModels models)
    {
        if (purifierPath is null && request.Precision != Precision.Fp32 && (IsOnnx(classifierPath) || IsTorchScript(request, classifierPath)))
        {
            throw new CertiPureException(
                $"An ONNX or TorchScript classifier computes in the precision of its file; leave out the precision {Choice.Word(request.Precision)}.",
                ErrorReason.InvalidArgument);
        }

        if (purifierPath is null && request.Device.Gpu is not null && IsOnnx(classifierPath))
        {
            throw new CertiPureException(
                $"An ONNX classifier computes on the processor; leave out the device {request.Device}.", ErrorReason.InvalidArgument);
        }

        OnnxEngine.Refuse(request);
        WorkerPlan workers = WorkerPlan.Choose(request.Workers, request.Threads, request.Device);
        request = request with { Threads = workers.Threads };
        // A graph is written from weights in fp32, whatever and wherever it then computes.
        ModelRequest networks = request.Engine == Engine.Onnx ? request with { Precision = Precision.Fp32, Device = ComputeDevice.Processor } : request;
        var parts = new List<IDisposable>();
        try
        {
            if (purifierPath is not null)
            {
                PrepareTorch(request);
            }

            TorchPurifier? purifier = purifierPath is null ? null : LoadPurifier(networks, purifierPath);
            Keep(purifier);
            IClassifier classifier = LoadClassifier(networks, classifierPath);
            Keep(classifier as IDisposable);
            RefuseUnlike(purifier, classifier);
            BaseModel model = Describe(request, classifierPath, purifierPath, purifier, classifier, workers, parts);
            return request.Core is null ? model : Route(request, request.Core, purifier, model, models);
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }

        void Keep(IDisposable? part)
        {
            if (part is not null)
            {
                parts.Add(part);
            }
        }
    }

    /// <summary>Loads a purifier alone.</summary>
    /// <param name="request">What the user describes; its classifier is not looked at.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <returns>The purifier, or null for <c>none</c>.</returns>
    /// <exception cref="CertiPureException">The name or file is missing or damaged, or the purifier is for images of another shape.</exception>
    public static TorchPurifier? LoadPurifier(ModelRequest request, BundledModels? models = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        RefuseLabelOfNothing(request);
        if (request.Purifier.Weights is not { } weights)
        {
            return null;
        }

        PrepareTorch(request);
        TorchPurifier purifier = LoadPurifier(
            request,
            Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models ?? BundledModels.OfProgram));
        if (purifier.Shape != request.Shape)
        {
            ImageShape shape = purifier.Shape;
            purifier.Dispose();
            throw new CertiPureException(
                $"The purifier {weights} takes images of {shape}, and these are of {request.Shape}; choose one for these data.",
                ErrorReason.Refused);
        }

        return purifier;
    }

    /// <summary>Loads a classifier alone; one that is an ONNX or TorchScript file computes in that file's precision.</summary>
    /// <param name="request">What the user describes; its purifier and core are not looked at.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">The name or file is missing or damaged.</exception>
    public static IClassifier LoadClassifier(ModelRequest request, BundledModels? models = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = Described(request);
        return LoadClassifier(request, Resolve("classifier", request.Classifier, ClassifierFiles, models ?? BundledModels.OfProgram));
    }

    /// <summary>Loads the networks of a base classifier whose layers are known, to write them as a graph.</summary>
    /// <param name="request">The purifier and the classifier; the classifier is empty where the purifier alone is asked for.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">A name or file is missing or damaged, the classifier is a finished graph or program, or the parts
    /// do not fit.</exception>
    internal static LoadedNetworks LoadNetworks(ModelRequest request, BundledModels? models)
    {
        models ??= BundledModels.OfProgram;
        request = Described(request);
        PrepareTorch(request);
        var hashes = new Dictionary<string, string>();
        TorchPurifier? purifier = null;
        TorchClassifier? classifier = null;
        try
        {
            if (request.Purifier.Weights is { } weights)
            {
                string path = Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models);
                purifier = LoadPurifier(request, path);
                request = request with { Shape = purifier.Shape };
                hashes["purifier"] = FileHash.Of(path);
            }

            if (request.Classifier.Length > 0)
            {
                string path = Resolve("classifier", request.Classifier, ClassifierFiles, models);
                classifier = IsOnnx(path) || IsTorchScript(request, path)
                    ? throw new CertiPureException(
                        $"The classifier {path} is a finished graph or program; only weights of a known architecture can be written as a graph.",
                        ErrorReason.InvalidArgument)
                    : (TorchClassifier)LoadClassifier(request, path);
                RefuseUnlike(purifier, classifier);
                hashes["classifier"] = FileHash.Of(path);
            }

            return new LoadedNetworks(purifier, classifier, hashes);
        }
        catch
        {
            purifier?.Dispose();
            classifier?.Dispose();
            throw;
        }
    }

    private static BaseModel Describe(
        ModelRequest request,
        string classifierPath,
        string? purifierPath,
        TorchPurifier? purifier,
        IClassifier classifier,
        WorkerPlan workers,
        List<IDisposable> parts)
    {
        var hashes = new Dictionary<string, string>();
        foreach ((string file, string hash) in FilesOf(classifier, classifierPath))
        {
            hashes[hashes.Count == 0 ? "classifier" : $"classifier/{file}"] = hash;
        }

        if (purifierPath is not null)
        {
            hashes["purifier"] = FileHash.Of(purifierPath);
        }

        IBaseClassifier joined = classifier is TorchClassifier network
            ? new TorchBaseClassifier(purifier, network, request.Sigma, request.BatchSize)
            : new PurifiedClassifier(purifier, classifier, request.Sigma, request.BatchSize);
        if (OnnxOf(classifier) is { } finished)
        {
            FinishedGraph.RefuseOtherUse(finished, request, purifier);
        }

        OnnxClassifier? graph = null;
        EngineIdentity engine = EngineIdentity.Torch;
        if (request.Engine == Engine.Onnx || (request.MeasuresEngine && classifier is TorchClassifier))
        {
            (graph, EngineIdentity identity) = OnnxEngine.Open(request, purifier, classifier, hashes, workers.Threads);
            parts.Add(graph);
            var whole = new PurifiedClassifier(null, graph, request.Sigma, request.BatchSize);
            if (request.Engine == Engine.Onnx || OnnxEngine.IsFaster(joined, whole, workers))
            {
                (joined, engine) = (whole, identity);
            }
        }

        if (request.Device.Gpu is null && (request.BatchSize >= LargeBatch || (!workers.IsAsked && workers.Workers > 1)))
        {
            workers = engine == EngineIdentity.Torch || graph is null
                ? FitMemory(workers, purifier, classifier, request)
                : FitMemory(workers, null, graph, request);
        }

        bool usesTorch = purifier is not null || classifier is TorchClassifier;
        return new BaseModel(
            joined,
            purifier,
            classifier,
            new PurifierIdentity(
                request.Purifier.Method,
                purifier is null ? null : Choice.Word(request.Level),
                Clamp: false,
                purifier?.NetworkCalls(request.Sigma) ?? 0)
            {
                Label = request.PurifierLabel,
            },
            new ClassifierIdentity(NameOf(request.Classifier, classifierPath), classifier.ClassCount)
            {
                Preprocessing = request.Preprocessing.IsNone ? null : request.Preprocessing,
                Output = request.Output ?? (OnnxOf(classifier) is { HasSeveralOutputs: true } model ? model.Output : null),
            },
            request.Precision,
            hashes,
            workers,
            usesTorch ? LibTorch.Describe().Capability : null,
            parts)
        {
            ClassNames = request.ClassNames.Count > 0 ? request.ClassNames : ClassNamesOf(classifier),
            Engine = engine,
        };
    }

    private static WorkerPlan FitMemory(WorkerPlan workers, TorchPurifier? purifier, IClassifier classifier, ModelRequest request)
    {
        // A few images show what a batch takes, and which threads are fastest, without the time of a batch.
        int images = Math.Min(FewImages, request.BatchSize);
        long? bytes = ActivationMemory.Measure(Use);
        if (bytes is null)
        {
            return workers;
        }

        long batchBytes = bytes.Value * request.BatchSize / images;
        ActivationMemory.RefuseBatch(request.BatchSize, batchBytes, ActivationMemory.Available);
        return workers.FitMemory(
            Environment.ProcessorCount,
            batchBytes,
            ActivationMemory.Available,
            plan => plan.Workers * images / plan.Time(Use));

        void Use()
        {
            var batch = new ImageBatch(classifier.Shape, images);
            classifier.Logits(purifier?.Purify(batch, request.Sigma) ?? batch);
        }
    }

    /// <summary>The model beside a plain one, between which entropy or a selection network chooses.</summary>
    private static BaseModel Route(
        ModelRequest request, string reference, TorchPurifier? purifier, BaseModel model, BundledModels models)
    {
        var hashes = new Dictionary<string, string>(model.Weights);
        var parts = new List<IDisposable>();
        try
        {
            (IClassifier core, string coreName) = LoadPart("core", reference);
            RouteSelection selection;
            RoutingIdentity routing;
            if (request.Selector is null)
            {
                double threshold = request.EntropyThreshold
                    ?? throw new ArgumentException("Certified routing without a selector needs an entropy threshold.", nameof(request));
                selection = new EntropySelection(core, threshold);
                routing = RoutingIdentity.ByEntropy(coreName, threshold);
            }
            else
            {
                (IClassifier selector, string selectorName) = LoadPart("selector", request.Selector);
                selection = new NetworkSelection(selector);
                routing = RoutingIdentity.ByNetwork(coreName, selectorName);
            }

            return model with
            {
                BaseClassifier = new RoutedClassifier(
                    purifier, model.ClassifierNetwork, core, selection, request.Sigma, request.BatchSize),
                Routing = routing,
                Weights = hashes,
                Parts = [.. model.Parts, .. parts],
            };
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }

        (IClassifier Network, string Name) LoadPart(string role, string name)
        {
            string path = Resolve(role, name, [role == "core" ? "classifier" : role], models);
            IClassifier network = LoadClassifier(
                request with { Preprocessing = ClassifierPreprocessing.None, Output = null }, path);
            if (network is IDisposable part)
            {
                parts.Add(part);
            }

            hashes[role] = FileHash.Of(path);
            return (network, NameOf(name, path));
        }
    }

    /// <summary>SHA-256 of each file of a classifier, by its name: the one that was named first.</summary>
    internal static IReadOnlyDictionary<string, string> FilesOf(IClassifier classifier, string path) =>
        OnnxOf(classifier)?.Files ?? new Dictionary<string, string> { [Path.GetFileName(path)] = FileHash.Of(path) };

    /// <summary>The names of classes in a classifier's file; none where it has none.</summary>
    internal static IReadOnlyList<string> ClassNamesOf(IClassifier classifier) => OnnxOf(classifier)?.ClassNames ?? [];

    private static OnnxClassifier? OnnxOf(IClassifier classifier) =>
        classifier as OnnxClassifier ?? (classifier as PreprocessedClassifier)?.Network as OnnxClassifier;

    /// <summary>The request with what a description of its classifier says.</summary>
    private static ModelRequest Described(ModelRequest request)
    {
        if (!ClassifierDescription.IsDescription(request.Classifier))
        {
            return request;
        }

        if (!request.Preprocessing.IsNone || request.Output is not null || request.Architecture is not null)
        {
            throw new CertiPureException(
                $"{request.Classifier} describes the classifier's preprocessing, output and architecture already; describe it again to change them.",
                ErrorReason.InvalidArgument);
        }

        var description = ClassifierDescription.Read(request.Classifier);
        return request with
        {
            Classifier = description.ModelPath(request.Classifier),
            Architecture = description.Architecture,
            Output = description.Output,
            Preprocessing = description.Preprocessing,
            ClassNames = request.ClassNames.Count > 0 ? request.ClassNames : description.ClassNames,
        };
    }

    private static IClassifier LoadClassifier(ModelRequest request, string path)
    {
        ClassifierPreprocessing steps = request.Preprocessing;
        ImageShape shape = steps.NetworkShape(request.Shape);
        if (!IsOnnx(path))
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

    private static string NameOf(string reference, string path) =>
        File.Exists(reference) || Directory.Exists(reference) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) : reference;

    private static string Resolve(string role, string reference, IReadOnlyList<string> usual, BundledModels models)
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

    private static bool IsOnnx(string path) => string.Equals(Path.GetExtension(path), ".onnx", StringComparison.OrdinalIgnoreCase);

    private static void PrepareTorch(ModelRequest request)
    {
        LibTorch.Load();
        if (request.Threads is { } threads)
        {
            LibTorch.Threads = threads;
        }
    }

    private static TorchPurifier LoadPurifier(ModelRequest request, string path)
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

    private static void AnnounceWeights(Checkpoint file, ModelRequest request)
    {
        if (file.RawWeights is { } raw)
        {
            request.Announce?.Invoke(
                $"{file.Path} holds averaged weights in '{file.Section}' beside raw ones in '{raw}'; the averaged ones are used.");
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

    /// <summary>TorchScript archives are zip files that hold code, which state dicts are not; whoever names the architecture means the
    /// latter.</summary>
    private static bool IsTorchScript(ModelRequest request, string path)
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

    private static void RefuseLabelOfNothing(ModelRequest request)
    {
        if (request.PurifierLabel is { } label && request.Purifier.Weights is null)
        {
            throw new CertiPureException(
                $"The class {label} is for a class-conditional purifier, and there is no purifier; leave the class out.", ErrorReason.InvalidArgument);
        }
    }

    private static void RefuseUnlike(TorchPurifier? purifier, IClassifier classifier)
    {
        if (purifier is not null && purifier.Shape != classifier.Shape)
        {
            throw new CertiPureException(
                $"The purifier takes images of {purifier.Shape} and the classifier images of {classifier.Shape}; choose two that fit.",
                ErrorReason.Refused);
        }
    }
}
