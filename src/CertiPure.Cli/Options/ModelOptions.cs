using System.CommandLine;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Cli.Options;

/// <summary>Which base classifier: <c>--classifier --arch --purifier --purifier-label --level --precision --device --batch --workers --threads</c>.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _classifier = new("--classifier")
    {
        Description = "A bundled model's name, or a path: .onnx, TorchScript .pt, .safetensors, a state dict with --arch, or the .json that describe writes.",
        HelpName = "C",
    };

    private readonly Option<string> _architecture = new("--arch")
    {
        Description = "The architecture of a state dict that does not name its own.",
        HelpName = "NAME",
    };

    private readonly Option<string> _purifier = new("--purifier")
    {
        Description = "none, or METHOD:WEIGHTS with ddpm, edm, pf-ode, consistency or calibrated and a bundled model's name or a path.",
        HelpName = "METHOD[:WEIGHTS]",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<int?> _purifierLabel = new("--purifier-label")
    {
        Description = "The class that a class-conditional purifier is given for every image; it must not depend on an image's true label.",
        HelpName = "K",
    };

    private readonly Option<string> _core = new("--core")
    {
        Description = "Certified routing (ACES): the plain classifier that answers where the smoothed one is not sure.",
        HelpName = "C",
    };

    private readonly Option<double?> _entropyThreshold = new("--entropy-threshold")
    {
        Description = "Certified routing: the largest entropy of the core's answer, 0 to 1, with which a draw is smoothed.",
        HelpName = "T",
    };

    private readonly Option<string> _selector = new("--selector")
    {
        Description = "Certified routing: a selection network (train selector) in place of --entropy-threshold.",
        HelpName = "S",
    };

    private readonly Option<string> _level = new("--level")
    {
        Description = "The network's noise level: exact (2 sigma) or nearest (of the 18 Karras points).",
        DefaultValueFactory = _ => "exact",
    };

    private readonly Option<string> _precision = new("--precision")
    {
        Description = "The networks' arithmetic: fp32, bf16 or int8.",
        DefaultValueFactory = _ => "fp32",
    };

    private readonly Option<string> _device = DeviceOption();

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "The networks' fixed batch size.",
        HelpName = "N",
        DefaultValueFactory = _ => 64,
    };

    private readonly Option<int?> _workers = WorkersOption();
    private readonly Option<int?> _threads = ThreadsOption();

    private readonly PreprocessingOptions _preprocessing = new();
    private readonly ModelUse _use;

    /// <summary>Defines the options.</summary>
    /// <param name="use">What the verb needs.</param>
    public ModelOptions(ModelUse use = ModelUse.Certify)
    {
        _use = use;
        _classifier.Required = use == ModelUse.Certify;
        _level.AcceptOnlyFromAmong([.. Choice.Words<NoiseLevelRule>()]);
        IEnumerable<Precision> precisions = use == ModelUse.Certify ? [.. NetworkPrecision.Supported, Precision.Int8] : NetworkPrecision.Supported;
        _precision.AcceptOnlyFromAmong([.. precisions.Select(Choice.Word)]);
        if (use == ModelUse.Purifier)
        {
            _precision.Description = "The networks' arithmetic: fp32 or bf16.";
        }

        if (use == ModelUse.Replay)
        {
            _classifier.Description = "The run's classifier, needed where it is not a bundled model.";
            _core.Description = "The run's core, needed where it is not a bundled model.";
            _selector.Description = "The run's selection network, needed where it is not a bundled model.";
            _purifier.Description = "The run's purifier (METHOD:PATH), needed where it is not a bundled model.";
            _purifier.DefaultValueFactory = null;
        }
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        Option[] asked = _use switch
        {
            ModelUse.Purifier => [_purifier, _purifierLabel, _level, _precision, _device, _threads],
            ModelUse.Replay => [_classifier, _architecture, _purifier, _core, _selector, _device, _workers, _threads],
            _ => [_classifier, _architecture, _purifier, _purifierLabel, _level, _precision, _device, _batch, _workers, _threads],
        };
        foreach (Option option in asked)
        {
            verb.Add(option);
        }

        if (_use == ModelUse.Certify)
        {
            _preprocessing.AddTo(verb);
            Engine.AddTo(verb);
        }
        else if (_use == ModelUse.Replay)
        {
            Engine.AddCalibrationTo(verb);
        }
    }

    /// <summary>What runs the networks.</summary>
    public EngineOptions Engine { get; } = new();

    /// <summary>Adds the options of certified routing.</summary>
    public void AddRoutingTo(Command verb)
    {
        verb.Add(_core);
        verb.Add(_entropyThreshold);
        verb.Add(_selector);
    }

    /// <summary>Completes a request by certified routing, where it is asked for.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="CertiPureException">The core or the mechanism is missing, or two mechanisms are given.</exception>
    public ModelRequest ReadRouting(ParseResult parse, ModelRequest request) =>
        (parse.GetValue(_core), parse.GetValue(_entropyThreshold), parse.GetValue(_selector)) switch
        {
            (null, null, null) => request,
            ({ } core, { } threshold, null) => request with { Core = core, EntropyThreshold = threshold },
            ({ } core, null, { } selector) => request with { Core = core, Selector = selector },
            _ => throw new CertiPureException(
                "Certified routing needs --core, the plain classifier, and one of --entropy-threshold, from 0 to 1, and --selector, a "
                + "selection network.",
                ErrorReason.InvalidArgument),
        };

    /// <summary>What the options ask for.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="sigma">The noise level.</param>
    /// <param name="shape">The images' shape.</param>
    /// <exception cref="CertiPureException">An option's value is impossible.</exception>
    public ModelRequest Read(ParseResult parse, double sigma, ImageShape shape)
    {
        int batch = _use == ModelUse.Certify ? parse.GetValue(_batch) : 1;
        if (batch < 1)
        {
            throw new CertiPureException("--batch counts from 1.", ErrorReason.InvalidArgument);
        }

        var request = new ModelRequest(
            _use == ModelUse.Certify ? parse.GetRequiredValue(_classifier) : "", PurifierChoice.Parse(parse.GetRequiredValue(_purifier)), sigma, shape)
        {
            Architecture = parse.GetValue(_architecture),
            PurifierLabel = parse.GetValue(_purifierLabel),
            Level = Choice.Parse<NoiseLevelRule>(parse.GetRequiredValue(_level), "noise level rule"),
            Precision = Choice.Parse<Precision>(parse.GetRequiredValue(_precision), "precision"),
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            BatchSize = batch,
            Workers = Workers(parse),
            Threads = Threads(parse),
        };
        return _use == ModelUse.Certify
            ? Engine.Read(parse, _preprocessing.Complete(parse, request, PictureInputOptions.ReadInterpolation(parse)))
            : request;
    }

    /// <summary>The model of an experiment, from the files that the options name or from bundled ones with the same
    /// hashes.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="recorded">The process that made the votes, whose threads a replay takes unless the options name others; null where it
    /// is not recorded.</param>
    /// <exception cref="CertiPureException">A file is neither named nor bundled.</exception>
    public ModelRequest ReadReplay(ParseResult parse, Experiment experiment, RunEnvironment? recorded)
    {
        string classifier = parse.GetValue(_classifier) ?? Bundled(experiment, "classifier", "--classifier");
        PurifierChoice purifier = (parse.GetValue(_purifier), experiment.Purifier.Method) switch
        {
            ({ } text, _) => PurifierChoice.Parse(text),
            (null, "none") => PurifierChoice.None,
            (null, var method) => new PurifierChoice(method, Bundled(experiment, "purifier", "--purifier")),
        };
        return new ModelRequest(classifier, purifier, experiment.Sigma, experiment.Data.Shape)
        {
            Core = experiment.Routing is null ? null : parse.GetValue(_core) ?? Bundled(experiment, "core", "--core"),
            EntropyThreshold = experiment.Routing?.EntropyThreshold,
            Selector = experiment.Routing?.Selector is null
                ? null
                : parse.GetValue(_selector) ?? Bundled(experiment, "selector", "--selector"),
            Architecture = parse.GetValue(_architecture),
            // A description has its own, which the run's hashes and votes then check.
            Preprocessing = ClassifierDescription.IsDescription(classifier)
                ? ClassifierPreprocessing.None
                : experiment.Classifier.Preprocessing ?? ClassifierPreprocessing.None,
            Output = ClassifierDescription.IsDescription(classifier) ? null : experiment.Classifier.Output,
            PurifierLabel = experiment.Purifier.Label,
            Level = LevelOf(experiment),
            Engine = experiment.Engine.Name,
            Precision = Choice.Parse<Precision>(experiment.Precision, "precision"),
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            BatchSize = experiment.Batch,
            Workers = Workers(parse),
            Threads = Threads(parse) ?? recorded?.Threads,
        };
    }

    /// <summary>The purifier of an experiment alone, from the file that <c>--purifier</c> names or from a bundled one with the same
    /// hash.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="experiment">The experiment.</param>
    /// <exception cref="CertiPureException">The file is neither named nor bundled, or is another one than the run's.</exception>
    public ModelRequest ReadPurifier(ParseResult parse, Experiment experiment)
    {
        var asked = PurifierChoice.Parse(parse.GetRequiredValue(_purifier));
        PurifierChoice purifier = experiment.Purifier.Method == "none" ? PurifierChoice.None
            : asked.Weights is not null ? asked
            : new PurifierChoice(experiment.Purifier.Method, Bundled(experiment, "purifier", "--purifier"));
        if (purifier.Method != experiment.Purifier.Method)
        {
            throw new CertiPureException(
                $"The run purified by {experiment.Purifier.Method}, not by {purifier.Method}; leave out --purifier or name its weights.",
                ErrorReason.Refused);
        }

        return new ModelRequest("", purifier, experiment.Sigma, experiment.Data.Shape)
        {
            PurifierLabel = experiment.Purifier.Label,
            Level = LevelOf(experiment),
            Precision = PurifierPrecision(parse, experiment),
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            Threads = Threads(parse),
            PurifierSha256 = experiment.Weights.GetValueOrDefault("purifier"),
        };
    }

    /// <summary>The arithmetic of a run's purifier alone: the run's own; in place of int8, which only the graph of a whole base classifier
    /// computes, that of <c>--precision</c>.</summary>
    public Precision PurifierPrecision(ParseResult parse, Experiment experiment)
    {
        Precision precision = Choice.Parse<Precision>(experiment.Precision, "precision");
        return precision == Precision.Int8 ? Choice.Parse<Precision>(parse.GetRequiredValue(_precision), "precision") : precision;
    }

    /// <summary><c>--device</c>.</summary>
    public static Option<string> DeviceOption() => new("--device")
    {
        Description = "Where the networks compute: cpu, cuda or cuda:K.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary><c>--workers</c>.</summary>
    public static Option<int?> WorkersOption() => new("--workers")
    {
        Description = "Threads that call the networks at once; by default one per core, or what memory allows. No result depends on it.",
        HelpName = "N",
    };

    /// <summary><c>--threads</c>.</summary>
    public static Option<int?> ThreadsOption() => new("--threads")
    {
        Description = "Threads of one operation of each worker; 1 by default on the processor.",
        HelpName = "N",
    };

    /// <summary>A number of threads or workers.</summary>
    /// <param name="count">The number; null where none is given.</param>
    /// <param name="option">The option's name.</param>
    /// <exception cref="CertiPureException">It is below 1, or more than this machine could run at once.</exception>
    public static int? ReadCount(int? count, string option)
    {
        return count switch
        {
            < 1 => throw new CertiPureException($"{option} counts from 1.", ErrorReason.InvalidArgument),
            > 0 and var asked when asked > WorkerPlan.MostThreads => throw new CertiPureException(
                $"{option} {asked} is more than four times the {Environment.ProcessorCount} processors here; take at most {WorkerPlan.MostThreads}.",
                ErrorReason.InvalidArgument),
            _ => count,
        };
    }

    private static NoiseLevelRule LevelOf(Experiment experiment) =>
        experiment.Purifier.Level is { } word ? Choice.Parse<NoiseLevelRule>(word, "noise level rule") : NoiseLevelRule.Exact;

    private int? Threads(ParseResult parse) => ReadCount(parse.GetValue(_threads), _threads.Name);

    private int? Workers(ParseResult parse) => ReadCount(parse.GetValue(_workers), _workers.Name);

    private static string Bundled(Experiment experiment, string role, string option) =>
        (experiment.Weights.TryGetValue(role, out string? hash) ? BundledModels.OfProgram.FindByHash(hash) : null)
        ?? throw new CertiPureException(
            $"The run's {role} is not a bundled model (SHA-256 {hash ?? "unknown"}); name its file with {option}.", ErrorReason.InvalidArgument);
}

/// <summary>What a verb needs of a model, which decides the options it has.</summary>
internal enum ModelUse
{
    /// <summary>A whole base classifier.</summary>
    Certify,

    /// <summary>A purifier alone.</summary>
    Purifier,

    /// <summary>The base classifier of a run, whose manifest says how its networks computed.</summary>
    Replay,
}
