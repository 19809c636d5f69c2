using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Onnx.Graph;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Graphs;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Cli.Verbs;

/// <summary>The part of <c>export</c> that writes networks as an ONNX file.</summary>
internal sealed class GraphExport
{
    private readonly Option<string?> _classifier = new("--classifier")
    {
        Description = "For an ONNX file: a bundled model's name, or weights of a known architecture.",
        HelpName = "C",
    };

    private readonly Option<string?> _architecture = new("--arch")
    {
        Description = "The architecture of a state dict that does not name its own.",
        HelpName = "NAME",
    };

    private readonly Option<string> _purifier = new("--purifier")
    {
        Description = "For an ONNX file: none, or METHOD:WEIGHTS as certify takes it.",
        HelpName = "METHOD[:WEIGHTS]",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<double?> _sigma = new("--sigma")
    {
        Description = "For an ONNX file: the noise level in pixel space, a constant of the graph.",
        HelpName = "S",
    };

    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();

    private readonly Option<string> _level = new("--level")
    {
        Description = "The network's noise level: exact (2 sigma) or nearest (of the 18 Karras points).",
        DefaultValueFactory = _ => "exact",
    };

    private readonly Option<string> _precision = new("--precision")
    {
        Description = "The graph's arithmetic: fp32, fp16 (for graphics cards) or int8.",
        DefaultValueFactory = _ => "fp32",
    };

    private readonly Option<string?> _only = new("--only") { Description = "purifier or classifier: that part alone." };
    private readonly Option<string> _dataDirectory = DataOptions.Directory();
    private readonly EngineOptions _engine = new();

    /// <summary>Defines the options.</summary>
    public GraphExport()
    {
        _level.AcceptOnlyFromAmong([.. Choice.Words<NoiseLevelRule>()]);
        _precision.AcceptOnlyFromAmong([.. BaseGraphs.Precisions.Select(Choice.Word)]);
        _only.AcceptOnlyFromAmong("purifier", "classifier");
    }

    /// <summary>Adds the options to the verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_classifier, _architecture, _purifier, _sigma, _allowLargeSigma, _level, _precision, _only])
        {
            verb.Add(option);
        }

        _engine.AddCalibrationTo(verb);
        verb.Add(_dataDirectory);
    }

    /// <summary>Makes the file's content.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="terminal">Told when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">A part is missing, or cannot be written as a graph.</exception>
    public async Task<GraphModel> WriteAsync(ParseResult parse, Terminal terminal, CancellationToken cancellation)
    {
        double sigma = parse.GetValue(_sigma)
            ?? throw new CertiPureException("A graph is made for one noise level; name it with --sigma.", ErrorReason.InvalidArgument);
        SmoothingOptions.CheckSigma(sigma, parse.GetValue(_allowLargeSigma), terminal);
        string? only = parse.GetValue(_only), classifier = parse.GetValue(_classifier);
        PurifierChoice purifier = only == "classifier" ? PurifierChoice.None : PurifierChoice.Parse(parse.GetRequiredValue(_purifier));
        if (only != "purifier" && classifier is null)
        {
            throw new CertiPureException("A graph that gives scores needs --classifier; --only purifier leaves it out.", ErrorReason.InvalidArgument);
        }

        if (only == "purifier" && purifier.Weights is null)
        {
            throw new CertiPureException("--only purifier needs the weights of --purifier METHOD:WEIGHTS.", ErrorReason.InvalidArgument);
        }

        var request = new ModelRequest(only == "purifier" ? "" : classifier!, purifier, sigma, default)
        {
            Architecture = parse.GetValue(_architecture),
            Level = Choice.Parse<NoiseLevelRule>(parse.GetRequiredValue(_level), "noise level rule"),
            Precision = Choice.Parse<Precision>(parse.GetRequiredValue(_precision), "precision"),
        };
        request = await _engine
            .CalibrateAsync(parse, request, null, DataLocations.Of(parse.GetValue(_dataDirectory)), terminal, cancellation)
            .ConfigureAwait(false);
        return BaseGraphs.Load(request);
    }
}
