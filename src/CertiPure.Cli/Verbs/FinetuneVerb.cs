using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Cli.Verbs;

/// <summary><c>finetune</c>: Consistency Fine-tuning from a preset.</summary>
internal sealed class FinetuneVerb : Verb
{
    private readonly Argument<string> _what = new("WHAT") { Description = "consistency, classifier or calibration." };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = "The distance between purified and clean image: lpips, l1 or l2; the preset's if absent.",
    };

    private readonly Option<string> _classifier = new("--classifier")
    {
        Description = "For classifier and calibration: a bundled model's name or a .safetensors file.",
        HelpName = "C",
    };

    private readonly Option<string> _purifier = new("--purifier")
    {
        Description = "For classifier and calibration: METHOD:WEIGHTS, such as consistency:fashion-mnist.",
        HelpName = "M:W",
    };

    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();
    private readonly TrainingOptions _options = new();

    /// <summary>Defines the verb.</summary>
    public FinetuneVerb(Terminal terminal)
        : base(
            "finetune",
            "Fine-tunes a consistency model on reconstruction, a classifier on purified images, or a denoiser through a classifier.",
            """
            certipure finetune consistency --loss lpips --from consistency.safetensors --preset fashion-mnist \
              --data fashion-mnist --lpips-backbone squeezenet1_1.pth --lpips-heads lin_squeeze.pth \
              --out consistency-lpips.safetensors
            certipure finetune classifier --classifier fashion-mnist --purifier consistency:fashion-mnist \
              --preset fashion-mnist --data fashion-mnist --out classifier-purified.safetensors
            """,
            terminal)
    {
        _what.AcceptOnlyFromAmong("consistency", "classifier", "calibration");
        _loss.AcceptOnlyFromAmong("lpips", "l1", "l2");
        Add(_what);
        Add(_loss);
        Add(_classifier);
        Add(_purifier);
        Add(_backbone);
        Add(_heads);
        _options.AddTo(this);
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
                ClassifierPath = Find(parse.GetValue(_classifier), ["classifier"]),
                PurifierPath = FindPurifier(parse.GetValue(_purifier)),
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

    private static string? FindPurifier(string? choice) =>
        choice is null ? null : Find(PurifierChoice.Parse(choice).Weights, ["consistency-lpips", "consistency", "edm"]);

    private static string? Find(string? reference, IReadOnlyList<string> usual) =>
        reference is null ? null : BundledModels.OfProgram.Find(reference, usual) ?? reference;
}
