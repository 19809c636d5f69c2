using System.CommandLine;
using CertiPure.Cli.Options;

namespace CertiPure.Cli.Verbs;

/// <summary><c>finetune</c>: Consistency Fine-tuning from a preset.</summary>
internal sealed class FinetuneVerb : Verb
{
    private readonly Argument<string> _what = new("WHAT") { Description = "consistency." };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = "The distance between purified and clean image: lpips, l1 or l2; the preset's if absent.",
    };

    private readonly Option<string> _backbone = new("--lpips-backbone")
    {
        Description = "SqueezeNet 1.1's ImageNet weights, for lpips.",
        HelpName = "FILE",
    };

    private readonly Option<string> _heads = new("--lpips-heads")
    {
        Description = "The LPIPS v0.1 linear heads of SqueezeNet, for lpips.",
        HelpName = "FILE",
    };

    private readonly TrainingOptions _options = new();

    /// <summary>Defines the verb.</summary>
    public FinetuneVerb(Terminal terminal)
        : base(
            "finetune",
            "Fine-tunes a consistency model on one-step reconstruction.",
            """
            certipure finetune consistency --loss lpips --from consistency.safetensors --preset fashion-mnist \
              --data fashion-mnist --lpips-backbone squeezenet1_1.pth --lpips-heads lin_squeeze.pth \
              --out consistency-lpips.safetensors
            """,
            terminal)
    {
        _what.AcceptOnlyFromAmong("consistency");
        _loss.AcceptOnlyFromAmong("lpips", "l1", "l2");
        Add(_what);
        Add(_loss);
        Add(_backbone);
        Add(_heads);
        _options.AddTo(this);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        _options.RunAsync(
            parse,
            Terminal,
            "fine-tuning",
            request => request with
            {
                Changes = parse.GetValue(_loss) is string loss ? [.. request.Changes, $"distance={loss}"] : request.Changes,
                LpipsBackbonePath = parse.GetValue(_backbone),
                LpipsHeadsPath = parse.GetValue(_heads),
            },
            cancellation);
}
