using System.CommandLine;
using CertiPure.Cli.Options;

namespace CertiPure.Cli.Verbs;

/// <summary><c>finetune</c>: a purifier, a classifier or both, from a preset.</summary>
internal sealed class FinetuneVerb : Verb
{
    private readonly Argument<string> _what = new("WHAT") { Description = "consistency, classifier, calibration or joint; with --help for the presets and options of one." };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = "The distance between purified and clean image: lpips, l1, l2 or features (of --classifier); the preset's if absent.",
    };

    private readonly Option<string> _classifier = new("--classifier")
    {
        Description = "For all but consistency, and for --loss features: a bundled model's name or a file (for features and calibration a TorchScript file or a description too).",
        HelpName = "C",
    };

    private readonly Option<string> _purifier = new("--purifier")
    {
        Description = "For all but consistency: METHOD:WEIGHTS, such as consistency:fashion-mnist.",
        HelpName = "M:W",
    };

    private readonly Option<string> _classifierOut = new("--classifier-out")
    {
        Description = "For joint: where the trained classifier goes (.safetensors); --out takes the purifier.",
        HelpName = "FILE",
    };

    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();
    private readonly TrainingOptions _options = new();

    /// <summary>Defines the verb.</summary>
    public FinetuneVerb(Terminal terminal)
        : base(
            "finetune",
            "Fine-tunes a consistency model on reconstruction, a classifier on purified images, a denoiser through a classifier, or both.",
            """
            certipure finetune consistency --loss lpips --from consistency.safetensors --preset fashion-mnist \
              --data fashion-mnist --lpips-backbone squeezenet1_1.pth --lpips-heads lin_squeeze.pth \
              --out consistency-lpips.safetensors
            certipure finetune classifier --classifier fashion-mnist --purifier consistency:fashion-mnist \
              --preset fashion-mnist --data fashion-mnist --out classifier-purified.safetensors
            certipure finetune joint --classifier fashion-mnist --purifier consistency:fashion-mnist \
              --preset fashion-mnist --data fashion-mnist --set lambda=10 --set eta=0.5 \
              --out joint-purifier.safetensors --classifier-out joint-classifier.safetensors
            """,
            terminal)
    {
        _what.AcceptOnlyFromAmong("consistency", "classifier", "calibration", "joint");
        _loss.AcceptOnlyFromAmong("lpips", "l1", "l2", "features");
        Add(_what);
        Add(_loss);
        Add(_classifier);
        Add(_purifier);
        Add(_classifierOut);
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
                .. what == "consistency" ? (Option[])[_purifier] : [_loss, _backbone, _heads],
                .. what == "joint" ? [] : (Option[])[_classifierOut],
            ];
            _options.ShowHelpOf(Training(what), others);
        }

        return base.ShowHelp(parse, usual);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        _options.RunAsync(
            parse,
            Terminal,
            Training(parse.GetRequiredValue(_what)),
            request => request with
            {
                Changes = parse.GetValue(_loss) is string loss ? [.. request.Changes, $"distance={loss}"] : request.Changes,
                ClassifierOutputPath = parse.GetValue(_classifierOut),
                ClassifierPath = TrainingOptions.FindClassifier(parse.GetValue(_classifier)),
                PurifierPath = TrainingOptions.FindPurifier(parse.GetValue(_purifier)),
                LpipsBackbonePath = parse.GetValue(_backbone),
                LpipsHeadsPath = parse.GetValue(_heads),
            },
            cancellation);

    private static string Training(string what) => what switch
    {
        "consistency" => "fine-tuning",
        "classifier" => "classifier-fine-tuning",
        _ => what,
    };
}
