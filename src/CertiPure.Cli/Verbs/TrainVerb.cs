using System.CommandLine;
using CertiPure.Cli.Options;

namespace CertiPure.Cli.Verbs;

/// <summary><c>train</c>: a network from a preset.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Argument<string> _what = new("WHAT")
    {
        Description = "classifier, smoothed-classifier, selector, ddpm, edm or consistency; with --help for the presets and options of one.",
    };

    private readonly Option<string> _classifier = new("--classifier")
    {
        Description = "For selector: the classifier that will be smoothed, a bundled model's name or a .safetensors file.",
        HelpName = "C",
    };

    private readonly Option<string> _purifier = new("--purifier")
    {
        Description = "For selector: the purifier before it, if there will be one, METHOD:WEIGHTS.",
        HelpName = "M:W",
    };

    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();
    private readonly TrainingOptions _options = new();

    /// <summary>Defines the verb.</summary>
    public TrainVerb(Terminal terminal)
        : base(
            "train",
            "Trains a classifier, a selection network, a diffusion denoiser or a consistency model as a preset says.",
            """
            certipure train purifier --data photos --hours 2 --out mypurifier
            certipure train edm --preset fashion-mnist --data fashion-mnist --out edm.safetensors
            certipure train consistency --from edm.safetensors --preset fashion-mnist --data fashion-mnist \
              --out consistency.safetensors
            certipure train selector --classifier smoothed.safetensors --preset fashion-mnist --data fashion-mnist \
              --out selector.safetensors
            """,
            terminal)
    {
        _what.AcceptOnlyFromAmong("classifier", "smoothed-classifier", "selector", "ddpm", "edm", "consistency");
        Add(new TrainPurifierVerb(terminal));
        Add(_what);
        Add(_classifier);
        Add(_purifier);
        Add(_backbone);
        Add(_heads);
        _options.AddTo(this);
    }

    /// <inheritdoc/>
    public override TimeSpan? Grace => TrainingOptions.Grace;

    /// <inheritdoc/>
    public override string AfterInterruption(ParseResult parse) => _options.AfterInterruption(parse);

    /// <inheritdoc/>
    public override int ShowHelp(ParseResult parse, Func<int> usual)
    {
        if (parse.GetResult(_what) is { Tokens: [{ Value: var what }] })
        {
            Option[] others =
            [
                .. what == "selector" ? [] : (Option[])[_classifier, _purifier],
                .. what == "consistency" ? [] : (Option[])[_backbone, _heads],
            ];
            _options.ShowHelpOf(what, others);
        }

        return base.ShowHelp(parse, usual);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        _options.RunAsync(
            parse,
            Terminal,
            parse.GetRequiredValue(_what),
            request => request with
            {
                ClassifierPath = TrainingOptions.FindClassifier(parse.GetValue(_classifier)),
                PurifierPath = TrainingOptions.FindPurifier(parse.GetValue(_purifier)),
                LpipsBackbonePath = parse.GetValue(_backbone),
                LpipsHeadsPath = parse.GetValue(_heads),
            },
            cancellation);
}
