using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Metrics;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Verbs.Metrics;

/// <summary><c>metrics fid</c>: the Fréchet distance between the features of two sets.</summary>
internal sealed class FrechetVerb : Verb
{
    private const string StatisticsExtension = ".npz";

    private readonly Argument<string[]> _sets = MetricSets.Argument(", or statistics in pytorch-fid's .npz");
    private readonly MetricsOptions _options = new();

    private readonly Option<string> _network = new("--network")
    {
        Description = "The feature network: inception, which makes the distance FID, squeezenet or classifier.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "inception",
    };

    private readonly Option<string> _weights = new("--weights")
    {
        Description = "The network's file, or for classifier a bundled model; by default what data get downloaded.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _acceptFewImages = new("--accept-few-images")
    {
        Description = "Accept fewer images than the network has features, which makes the distance larger than it is.",
    };

    private readonly Option<string> _save = new("--save")
    {
        Description = "Also write the first set's statistics to this .npz, as pytorch-fid does.",
        HelpName = "FILE",
    };

    private readonly Option<string> _cache = new("--cache")
    {
        Description = "The folder that keeps computed statistics; by default in the per-user cache.",
        HelpName = "PATH",
    };

    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public FrechetVerb(Terminal terminal)
        : base(
            "fid",
            "Measures the Fréchet distance between two sets of images in the features of a network.",
            "certipure metrics fid runs/consistency --network classifier --weights fashion-mnist --accept-few-images",
            terminal)
    {
        Add(_sets);
        _options.AddTo(this);
        foreach (Option option in (Option[])[_network, _weights, _acceptFewImages, _save, _cache, _overwrite, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string[] names = parse.GetValue(_sets) ?? [];
        MetricSets.RefuseOtherThanPair("fid", names);
        string? save = parse.GetValue(_save);
        if (save is not null)
        {
            OutputFile.Refuse(save, parse.GetValue(_overwrite));
        }

        string networkName = parse.GetRequiredValue(_network);
        using FeatureNetwork? network = names.All(IsStatistics)
            ? null
            : MetricNetworks.LoadFeatures(networkName, parse.GetValue(_weights), _options.Locations(parse));
        // pytorch-fid's files do not say which network they are of; it is the one that is asked for.
        string assumed = network?.Name ?? $"{networkName}, as its files' user says";
        using var sets = new MetricSets(_options, parse, Terminal);
        FeatureStatistics first = IsStatistics(names[0])
            ? FeatureStatisticsFile.Read(names[0], assumed)
            : await ComputeAsync(parse, network!, await sets.OpenAsync(names[0], cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
        FeatureStatistics second = names.Length == 2 && IsStatistics(names[1])
            ? FeatureStatisticsFile.Read(names[1], assumed)
            : await ComputeAsync(parse, network!, await sets.OpenSecondAsync(names, cancellation).ConfigureAwait(false), cancellation)
                .ConfigureAwait(false);
        if (save is not null)
        {
            OutputFile.Write(save, parse.GetValue(_overwrite), temporary => FeatureStatisticsFile.Write(temporary, first));
        }

        var distance = FrechetDistance.Between(first, second, parse.GetValue(_acceptFewImages));
        Print(parse.GetValue(_json), distance, (first, first.Source ?? names[0]), (second, second.Source ?? names[^1]));
        return ExitCode.Success;
    }

    private static bool IsStatistics(string set) =>
        string.Equals(Path.GetExtension(set), StatisticsExtension, StringComparison.OrdinalIgnoreCase);

    private void Print(
        bool json, FrechetDistance distance, (FeatureStatistics Known, string Source) first, (FeatureStatistics Known, string Source) second)
    {
        if (json)
        {
            Terminal.WriteJson(new
            {
                Metric = "fid", distance.Network, distance.Value, first.Known.FeatureCount,
                First = new { first.Source, Images = first.Known.ImageCount },
                Second = new { second.Source, Images = second.Known.ImageCount },
            });
            return;
        }

        Terminal.WriteLine(distance.ToString());
        Terminal.WriteLine($"first:  {first.Source}");
        Terminal.WriteLine($"second: {second.Source}");
    }

    private Task<FeatureStatistics> ComputeAsync(
        ParseResult parse, FeatureNetwork network, MetricImages images, CancellationToken cancellation) =>
        Terminal.TrackAsync("features", "images", 0, images.Count, progress => Task.Run(() =>
            new FrechetStatistics(parse.GetValue(_cache) ?? Path.Combine(UserCache.Folder, "statistics")).Of(network, images, (int done) =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(done);
            })));
}
