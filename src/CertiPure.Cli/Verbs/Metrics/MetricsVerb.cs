using System.CommandLine;

namespace CertiPure.Cli.Verbs.Metrics;

/// <summary><c>metrics</c>: how far purified images are from clean ones, a verb for each way to measure it.</summary>
internal sealed class MetricsVerb : Verb
{
    /// <summary>Defines the verb.</summary>
    public MetricsVerb(Terminal terminal)
        : base(
            "metrics",
            "Measures purified images: LPIPS, Fréchet distance, transport.",
            "certipure metrics transport --data fashion-mnist --images every:50 --purifier consistency:fashion-mnist --sigma 0.25,0.5",
            terminal)
    {
        Add(new LpipsVerb(terminal));
        Add(new FrechetVerb(terminal));
        Add(new TransportVerb(terminal));
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        throw new CertiPureException("metrics needs to know which: lpips, fid or transport.", ErrorReason.InvalidArgument);
}
