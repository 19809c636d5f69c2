using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Recipes.Graphs;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Catalog;

/// <summary>What a user asks for, made into a base classifier: purifier and classifier together, or one of them alone.</summary>
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
        string classifierPath = NetworkFiles.Resolve("classifier", request.Classifier, ClassifierFiles, models);
        string? purifierPath = request.Purifier.Weights is { } weights
            ? NetworkFiles.Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models)
            : null;
        BaseModel model = NetworkThread.Run(() => Load(request, classifierPath, purifierPath, models));
        if (PrecisionRemark(request.Precision, request.Device) is { } remark)
        {
            request.Announce?.Invoke(remark);
        }

        return model;
    }

    /// <summary>What is to be said of a choice of arithmetic before a long computation; null for nothing.</summary>
    /// <param name="precision">The networks' arithmetic.</param>
    /// <param name="device">Where they compute.</param>
    public static string? PrecisionRemark(Precision precision, ComputeDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return precision == Precision.Bf16 && !device.HasFastBf16
            ? "This processor computes bf16 many times as slowly as fp32; the precision fp32 is faster here."
            : null;
    }

    private static BaseModel Load(ModelRequest request, string classifierPath, string? purifierPath, BundledModels models)
    {
        if (purifierPath is null && request.Precision != Precision.Fp32
            && (OnnxInspection.IsOnnx(classifierPath) || NetworkFiles.IsTorchScript(request, classifierPath)))
        {
            throw new CertiPureException(
                $"An ONNX or TorchScript classifier computes in the precision of its file; leave out the precision {Choice.Word(request.Precision)}.",
                ErrorReason.InvalidArgument);
        }

        if (purifierPath is null && request.Device.Gpu is not null && OnnxInspection.IsOnnx(classifierPath))
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
                NetworkFiles.PrepareTorch(request);
            }

            TorchPurifier? purifier = purifierPath is null ? null : NetworkFiles.LoadPurifier(networks, purifierPath);
            Keep(purifier);
            IClassifier classifier = NetworkFiles.LoadClassifier(networks, classifierPath);
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

        NetworkFiles.PrepareTorch(request);
        TorchPurifier purifier = NetworkFiles.LoadPurifier(
            request,
            NetworkFiles.Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models ?? BundledModels.OfProgram));
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
        return NetworkFiles.LoadClassifier(
            request, NetworkFiles.Resolve("classifier", request.Classifier, ClassifierFiles, models ?? BundledModels.OfProgram));
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
        NetworkFiles.PrepareTorch(request);
        var hashes = new Dictionary<string, string>();
        TorchPurifier? purifier = null;
        TorchClassifier? classifier = null;
        try
        {
            if (request.Purifier.Weights is { } weights)
            {
                string path = NetworkFiles.Resolve("purifier", weights, PurifierChoice.Methods[request.Purifier.Method], models);
                purifier = NetworkFiles.LoadPurifier(request, path);
                request = request with { Shape = purifier.Shape };
                hashes["purifier"] = FileHash.Of(path);
            }

            if (request.Classifier.Length > 0)
            {
                string path = NetworkFiles.Resolve("classifier", request.Classifier, ClassifierFiles, models);
                classifier = OnnxInspection.IsOnnx(path) || NetworkFiles.IsTorchScript(request, path)
                    ? throw new CertiPureException(
                        $"The classifier {path} is a finished graph or program; only weights of a known architecture can be written as a graph.",
                        ErrorReason.InvalidArgument)
                    : (TorchClassifier)NetworkFiles.LoadClassifier(request, path);
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
        foreach ((string file, string hash) in NetworkFiles.FilesOf(classifier, classifierPath))
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
        if (NetworkFiles.OnnxOf(classifier) is { } finished)
        {
            FinishedGraph.RefuseOtherUse(finished, request, purifier);
        }

        OnnxClassifier? graph = null;
        EngineIdentity engine = EngineIdentity.Torch;
        if (request.Engine == Engine.Onnx || (request.MeasuresEngine && classifier is TorchClassifier { IsWritable: true }))
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
            new ClassifierIdentity(NetworkFiles.NameOf(request.Classifier, classifierPath), classifier.ClassCount)
            {
                Preprocessing = request.Preprocessing.IsNone ? null : request.Preprocessing,
                Output = request.Output ?? (NetworkFiles.OnnxOf(classifier) is { HasSeveralOutputs: true } model ? model.Output : null),
            },
            request.Precision,
            hashes,
            workers,
            usesTorch ? LibTorch.Describe().Capability : null,
            parts)
        {
            ClassNames = request.ClassNames.Count > 0 ? request.ClassNames : NetworkFiles.ClassNamesOf(classifier),
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
            string path = NetworkFiles.Resolve(role, name, [role == "core" ? "classifier" : role], models);
            IClassifier network = NetworkFiles.LoadClassifier(
                request with { Preprocessing = ClassifierPreprocessing.None, Output = null }, path);
            if (network is IDisposable part)
            {
                parts.Add(part);
            }

            hashes[role] = FileHash.Of(path);
            return (network, NetworkFiles.NameOf(name, path));
        }
    }

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
