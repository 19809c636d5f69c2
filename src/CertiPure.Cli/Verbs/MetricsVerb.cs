using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Metrics;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Verbs;

/// <summary><c>metrics</c>: how far purified images are from clean ones.</summary>
internal sealed class MetricsVerb : Verb
{
    private const string StatisticsExtension = ".npz";

    private readonly Argument<string> _metric = new("METRIC") { Description = "lpips, fid or transport." };

    private readonly Argument<string[]> _sets = new("SET")
    {
        Description = "What is compared: a data set's name, a folder, an image, a run folder (its purified images; alone, they are "
            + "compared with the clean ones), or for fid statistics in pytorch-fid's .npz.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly MetricsOptions _options = new();

    private readonly Option<string> _network = new("--network")
    {
        Description = "fid: inception (its default), squeezenet or classifier; lpips: alex (its default), vgg or squeeze.",
        HelpName = "NAME",
    };

    private readonly Option<string> _weights = new("--weights")
    {
        Description = "fid: the network's file, or for classifier a bundled model; by default what data get downloaded.",
        HelpName = "FILE",
    };

    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();

    private readonly Option<int?> _resolution = new("--resolution")
    {
        Description = "lpips: the side to which both images are resized first; 224 for small images in the paper.",
        HelpName = "N",
    };

    private readonly Option<bool> _acceptFewImages = new("--accept-few-images")
    {
        Description = "fid: accept fewer images than the network has features, which makes the distance larger than it is.",
    };

    private readonly Option<string> _save = new("--save")
    {
        Description = "fid: also write the first set's statistics to this .npz, as pytorch-fid does.",
        HelpName = "FILE",
    };

    private readonly Option<string> _cache = new("--cache")
    {
        Description = "fid: the folder that keeps computed statistics; by default in the per-user cache.",
        HelpName = "PATH",
    };

    private readonly Option<IReadOnlyList<double>> _sigmas = MetricsOptions.Sigmas();

    private readonly Option<int> _draws = new("--draws")
    {
        Description = "transport: noise draws of each image.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _assign = new("--assign")
    {
        Description = "transport: how many images the exact assignment takes (its time grows with the cube).",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };

    private readonly Option<IReadOnlyList<double>> _radii = RadiiOption.Create();
    private readonly Option<ulong> _seed = SmoothingOptions.Seed();
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public MetricsVerb(Terminal terminal)
        : base(
            "metrics",
            "Measures purified images: LPIPS, Fréchet distance, transport.",
            """
            certipure metrics fid runs/consistency --network classifier --weights fashion-mnist --accept-few-images
            certipure metrics lpips originals/ purified/ --network alex
            certipure metrics transport --data fashion-mnist --images every:50 --purifier consistency:fashion-mnist --sigma 0.25,0.5
            """,
            terminal)
    {
        _metric.AcceptOnlyFromAmong("lpips", "fid", "transport");
        Add(_metric);
        Add(_sets);
        _options.AddTo(this);
        foreach (Option option in (Option[])
            [_network, _weights, _backbone, _heads, _resolution, _acceptFewImages, _save, _cache, _sigmas, _draws, _assign, _radii, _seed, _overwrite, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string[] sets = parse.GetValue(_sets) ?? [];
        return parse.GetRequiredValue(_metric) switch
        {
            "lpips" => MeasureLpipsAsync(parse, sets, cancellation),
            "fid" => MeasureFrechetAsync(parse, sets, cancellation),
            _ => MeasureTransportAsync(parse, sets, cancellation),
        };
    }

    private async Task<ExitCode> MeasureLpipsAsync(ParseResult parse, string[] sets, CancellationToken cancellation)
    {
        RefuseOtherThanPair("lpips", sets);
        if (parse.GetValue(_resolution) is < 16)
        {
            throw new CertiPureException("--resolution is a side in pixels of at least 16.", ExitCode.Usage);
        }

        (Lpips distance, string name) = MetricNetworks.LoadLpips(
            parse.GetValue(_network) ?? "alex",
            parse.GetValue(_backbone),
            parse.GetValue(_heads),
            parse.GetValue(_resolution),
            _options.Locations(parse));
        using Lpips lpips = distance;
        var opened = new List<IDisposable>();
        try
        {
            MetricImages first = await OpenAsync(parse, sets[0], opened, cancellation).ConfigureAwait(false);
            MetricImages second = await OpenSecondAsync(parse, sets, opened, cancellation).ConfigureAwait(false);
            if (first.Count != second.Count || first.Shape != second.Shape)
            {
                throw new CertiPureException(
                    $"LPIPS compares image by image, and {sets[0]} has {first.Count} images of {first.Shape}, the other set "
                    + $"{second.Count} of {second.Shape}; name sets that fit.",
                    ExitCode.Usage);
            }

            LpipsMeasurement measured = await Terminal
                .TrackAsync("LPIPS", "pairs", 0, first.Count, progress => Task.Run(() =>
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
                }))
                .ConfigureAwait(false);
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
                WriteSources(first.Source, second.Source);
            }

            return ExitCode.Success;
        }
        finally
        {
            opened.ForEach(part => part.Dispose());
        }
    }

    private async Task<ExitCode> MeasureFrechetAsync(ParseResult parse, string[] sets, CancellationToken cancellation)
    {
        RefuseOtherThanPair("fid", sets);
        string? save = parse.GetValue(_save);
        if (save is not null)
        {
            OutputFile.Refuse(save, parse.GetValue(_overwrite));
        }

        string networkName = parse.GetValue(_network) ?? "inception";
        using FeatureNetwork? network = sets.All(IsStatistics)
            ? null
            : MetricNetworks.LoadFeatures(networkName, parse.GetValue(_weights), _options.Locations(parse));
        // pytorch-fid's files do not say which network they are of; it is the one that is asked for.
        string assumed = network?.Name ?? $"{networkName}, as its files' user says";
        var opened = new List<IDisposable>();
        try
        {
            FeatureStatistics first = IsStatistics(sets[0])
                ? FeatureStatisticsFile.Read(sets[0], assumed)
                : await ComputeAsync(parse, network!, await OpenAsync(parse, sets[0], opened, cancellation).ConfigureAwait(false), cancellation)
                    .ConfigureAwait(false);
            FeatureStatistics second = sets.Length == 2 && IsStatistics(sets[1])
                ? FeatureStatisticsFile.Read(sets[1], assumed)
                : await ComputeAsync(
                        parse, network!, await OpenSecondAsync(parse, sets, opened, cancellation).ConfigureAwait(false), cancellation)
                    .ConfigureAwait(false);
            if (save is not null)
            {
                OutputFile.Write(save, parse.GetValue(_overwrite), temporary => FeatureStatisticsFile.Write(temporary, first));
            }

            FrechetDistance distance = FrechetDistance.Between(first, second, parse.GetValue(_acceptFewImages));
            if (parse.GetValue(_json))
            {
                Terminal.WriteJson(new
                {
                    Metric = "fid", distance.Network, distance.Value, first.FeatureCount,
                    First = new { Source = first.Source ?? sets[0], Images = first.ImageCount },
                    Second = new { Source = second.Source ?? sets[^1], Images = second.ImageCount },
                });
            }
            else
            {
                Terminal.WriteLine(distance.ToString());
                WriteSources(first.Source ?? sets[0], second.Source ?? sets[^1]);
            }

            return ExitCode.Success;
        }
        finally
        {
            opened.ForEach(part => part.Dispose());
        }
    }

    private async Task<ExitCode> MeasureTransportAsync(ParseResult parse, string[] sets, CancellationToken cancellation)
    {
        int draws = parse.GetValue(_draws);
        int assign = parse.GetValue(_assign);
        if (draws < 1 || assign < 1)
        {
            throw new CertiPureException("--draws and --assign count from 1.", ExitCode.Usage);
        }

        IPurifier? purifier = null;
        try
        {
            IImageSource images;
            IReadOnlyList<int> ids;
            IReadOnlyList<double> sigmas;
            if (sets is [var folder] && MetricsOptions.IsRun(folder))
            {
                (Experiment experiment, images) = await _options.OpenRunAsync(parse, folder, Terminal, cancellation).ConfigureAwait(false);
                (ids, sigmas) = (experiment.Images, [experiment.Sigma]);
                purifier = _options.LoadPurifier(parse, experiment);
            }
            else if (sets.Length > 0)
            {
                throw new CertiPureException(
                    $"{sets[0]} is no run folder; metrics transport takes one, or --data, --purifier and --sigma.", ExitCode.Usage);
            }
            else
            {
                (images, ids) = await _options.OpenDataAsync(parse, Terminal, cancellation).ConfigureAwait(false);
                sigmas = parse.GetValue(_sigmas)
                    ?? throw new CertiPureException("metrics transport needs --sigma, the noise levels.", ExitCode.Usage);
                purifier = _options.LoadPurifier(parse, sigmas[0], images.Shape);
            }

            IPurifier measured = purifier ?? throw new CertiPureException(
                "Transport is what a purifier does; name one with --purifier.", ExitCode.Usage);
            LabeledImage[] read = [.. ids.Select(images.Read)];
            Transport[] transports = await Terminal
                .TrackAsync("transport", "levels", 0, sigmas.Count, progress => Task.Run(() => sigmas.Select((sigma, i) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    var one = Transport.Measure(
                        measured, read, sigma, draws, new NoiseSource(parse.GetValue(_seed)), assigned: assign);
                    progress.Report(i + 1);
                    return one;
                }).ToArray()))
                .ConfigureAwait(false);
            Print(parse, measured.Method, MetricImages.Of(images, ids).Source, transports);
            return ExitCode.Success;
        }
        finally
        {
            (purifier as IDisposable)?.Dispose();
        }
    }

    private void Print(ParseResult parse, string method, string source, Transport[] transports)
    {
        double[] radii = [.. parse.GetRequiredValue(_radii).Where(radius => radius > 0)];
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new
            {
                Metric = "transport", Purifier = method, Source = source,
                Levels = transports.Select(one => new
                {
                    one.Sigma, one.MeanDistance, one.Draws, Images = one.ImageDistances.Count, one.Wasserstein1, one.Wasserstein2,
                    one.Assigned, Markov = radii.Select(radius => new { Radius = radius, Bound = MeanBound(one, radius) }),
                }),
            });
            return;
        }

        foreach (Transport one in transports)
        {
            string bounds = string.Concat(radii.Select(radius => string.Create(
                CultureInfo.InvariantCulture, $", bound at {radius}: {MeanBound(one, radius):0.###}")));
            Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"sigma {one.Sigma}: transport {one.MeanDistance:0.####} ({method}; {one.ImageDistances.Count} images x {one.Draws} draws), "
                + $"W1 {one.Wasserstein1:0.####}, W2 {one.Wasserstein2:0.####} (first {one.Assigned} images){bounds}"));
        }

        Terminal.WriteLine(source);
    }

    private static double MeanBound(Transport transport, double radius) =>
        transport.ImageDistances.Average(distance => Transport.MarkovBound(distance, radius));

    private static bool IsStatistics(string set) =>
        string.Equals(Path.GetExtension(set), StatisticsExtension, StringComparison.OrdinalIgnoreCase);

    private static void RefuseOtherThanPair(string metric, string[] sets)
    {
        if (sets.Length != 2 && !(sets is [var only] && MetricsOptions.IsRun(only)))
        {
            throw new CertiPureException(
                $"metrics {metric} compares two sets, or a run folder's purified images with the clean ones; name them.", ExitCode.Usage);
        }
    }

    private Task<FeatureStatistics> ComputeAsync(
        ParseResult parse, FeatureNetwork network, MetricImages images, CancellationToken cancellation) =>
        Terminal.TrackAsync("features", "images", 0, images.Count, progress => Task.Run(() =>
            new FrechetStatistics(parse.GetValue(_cache) ?? Path.Combine(UserCache.Folder, "statistics")).Of(network, images, (int done) =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(done);
            })));

    private async Task<MetricImages> OpenAsync(
        ParseResult parse, string set, List<IDisposable> opened, CancellationToken cancellation)
    {
        if (!MetricsOptions.IsRun(set))
        {
            return await _options.OpenAsync(parse, set, Terminal, cancellation).ConfigureAwait(false);
        }

        (Experiment experiment, IImageSource images) =
            await _options.OpenRunAsync(parse, set, Terminal, cancellation).ConfigureAwait(false);
        IPurifier? purifier = _options.LoadPurifier(parse, experiment);
        if (purifier is IDisposable part)
        {
            opened.Add(part);
        }

        return MetricsOptions.Purified(experiment, images, purifier);
    }

    private async Task<MetricImages> OpenSecondAsync(
        ParseResult parse, string[] sets, List<IDisposable> opened, CancellationToken cancellation)
    {
        if (sets.Length == 2)
        {
            return await OpenAsync(parse, sets[1], opened, cancellation).ConfigureAwait(false);
        }

        (Experiment experiment, IImageSource images) =
            await _options.OpenRunAsync(parse, sets[0], Terminal, cancellation).ConfigureAwait(false);
        return MetricImages.Of(images, experiment.Images);
    }

    private void WriteSources(string first, string second)
    {
        Terminal.WriteLine($"first:  {first}");
        Terminal.WriteLine($"second: {second}");
    }
}
