using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Recipes.Metrics;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Verbs.Metrics;

/// <summary><c>metrics lpips</c>: the perceptual distance between two sets, image by image.</summary>
internal sealed class LpipsVerb : Verb
{
    private const int LeastResolution = 16;

    private readonly Argument<string[]> _sets = MetricSets.Argument();
    private readonly MetricsOptions _options = new();

    private readonly Option<string> _network = new("--network")
    {
        Description = "The backbone: alex, vgg or squeeze.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "alex",
    };

    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();

    private readonly Option<int?> _resolution = new("--resolution")
    {
        Description = "The side to which both images are resized first; 224 for small images in the paper.",
        HelpName = "N",
    };

    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public LpipsVerb(Terminal terminal)
        : base(
            "lpips",
            "Measures LPIPS between two sets of images, pair by pair.",
            "certipure metrics lpips originals/ purified/ --network alex",
            terminal)
    {
        Add(_sets);
        _options.AddTo(this);
        foreach (Option option in (Option[])[_network, _backbone, _heads, _resolution, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string[] names = parse.GetValue(_sets) ?? [];
        MetricSets.RefuseOtherThanPair("lpips", names);
        if (parse.GetValue(_resolution) is < LeastResolution)
        {
            throw new CertiPureException($"--resolution is a side in pixels of at least {LeastResolution}.", ErrorReason.InvalidArgument);
        }

        (Lpips distance, string name) = MetricNetworks.LoadLpips(
            parse.GetRequiredValue(_network),
            parse.GetValue(_backbone),
            parse.GetValue(_heads),
            parse.GetValue(_resolution),
            _options.Locations(parse));
        using Lpips lpips = distance;
        using var sets = new MetricSets(_options, parse, Terminal);
        MetricImages first = await sets.OpenAsync(names[0], cancellation).ConfigureAwait(false);
        MetricImages second = await sets.OpenSecondAsync(names, cancellation).ConfigureAwait(false);
        if (first.Count != second.Count || first.Shape != second.Shape)
        {
            throw new CertiPureException(
                $"LPIPS compares image by image, and {names[0]} has {first.Count} images of {first.Shape}, the other set "
                + $"{second.Count} of {second.Shape}; name sets that fit.",
                ErrorReason.InvalidArgument);
        }

        LpipsMeasurement measured = await MeasureAsync(lpips, name, first, second, cancellation).ConfigureAwait(false);
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new
            {
                Metric = "lpips", measured.Network, measured.Mean, Pairs = measured.Distances.Count,
                First = first.Source, Second = second.Source, measured.Distances,
            });
        }
        else
        {
            Terminal.WriteLine(measured.ToString());
            Terminal.WriteLine($"first:  {first.Source}");
            Terminal.WriteLine($"second: {second.Source}");
        }

        return ExitCode.Success;
    }

    private Task<LpipsMeasurement> MeasureAsync(
        Lpips lpips, string name, MetricImages first, MetricImages second, CancellationToken cancellation) =>
        Terminal.TrackAsync("LPIPS", "pairs", 0, first.Count, progress => Task.Run(() =>
        {
            int done = 0;
            return LpipsMeasurement.Of(
                lpips,
                name,
                first.Batches().Select(batch =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Report(done += batch.Count);
                    return batch;
                }),
                second.Batches());
        }));
}
