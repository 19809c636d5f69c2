using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Metrics;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Metrics;

namespace CertiPure.Cli.Verbs.Metrics;

/// <summary><c>metrics transport</c>: how far a purifier carries images from their clean originals.</summary>
internal sealed class TransportVerb : Verb
{
    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "A run folder, whose purifier, images and noise level are taken.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly MetricsOptions _options = new();
    private readonly Option<IReadOnlyList<double>> _sigmas = MetricsOptions.Sigmas();
    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();

    private readonly Option<int> _draws = new("--draws")
    {
        Description = "Noise draws of each image.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _assign = new("--assign")
    {
        Description = "How many images the exact assignment takes (its time grows with the cube).",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };

    private readonly Option<IReadOnlyList<double>> _radii = RadiiOption.Create();
    private readonly Option<ulong> _seed = SmoothingOptions.Seed();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public TransportVerb(Terminal terminal)
        : base(
            "transport",
            "Measures how far a purifier carries noisy images from their clean originals, at several noise levels.",
            "certipure metrics transport --data fashion-mnist --images every:50 --purifier consistency:fashion-mnist --sigma 0.25,0.5",
            terminal)
    {
        Add(_run);
        _options.AddTo(this);
        foreach (Option option in (Option[])[_sigmas, _allowLargeSigma, _draws, _assign, _radii, _seed, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        int draws = parse.GetValue(_draws);
        int assign = parse.GetValue(_assign);
        if (draws < 1 || assign < 1)
        {
            throw new CertiPureException("--draws and --assign count from 1.", ErrorReason.InvalidArgument);
        }

        (IPurifier? purifier, IImageSource images, IReadOnlyList<int> ids, IReadOnlyList<double> sigmas) =
            await OpenAsync(parse, cancellation).ConfigureAwait(false);
        using var loaded = purifier as IDisposable;
        if (purifier is null)
        {
            throw new CertiPureException("Transport is what a purifier does; name one with --purifier.", ErrorReason.InvalidArgument);
        }

        LabeledImage[] read = [.. ids.Select(images.Read)];
        Transport[] transports = await Terminal
            .TrackAsync("transport", "levels", 0, sigmas.Count, progress => Task.Run(() => sigmas.Select((sigma, i) =>
            {
                cancellation.ThrowIfCancellationRequested();
                var one = Transport.Measure(purifier, read, sigma, draws, new NoiseSource(parse.GetValue(_seed)), assigned: assign);
                progress.Report(i + 1);
                return one;
            }).ToArray()))
            .ConfigureAwait(false);
        Print(parse, purifier.Method, MetricImages.Of(images, ids).Source, transports);
        return ExitCode.Success;
    }

    private async Task<(IPurifier? Purifier, IImageSource Images, IReadOnlyList<int> Ids, IReadOnlyList<double> Sigmas)> OpenAsync(
        ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(_run) is { } folder)
        {
            if (!MetricsOptions.IsRun(folder))
            {
                throw new CertiPureException(
                    $"{folder} is not a run folder; metrics transport takes one, or --data, --purifier and --sigma.", ErrorReason.InvalidArgument);
            }

            (Experiment experiment, IImageSource its) = await _options.OpenRunAsync(parse, folder, Terminal, cancellation).ConfigureAwait(false);
            return (_options.LoadPurifier(parse, experiment), its, experiment.Images, [experiment.Sigma]);
        }

        (IImageSource images, IReadOnlyList<int> ids) = await _options.OpenDataAsync(parse, Terminal, cancellation).ConfigureAwait(false);
        IReadOnlyList<double> sigmas = parse.GetValue(_sigmas)
            ?? throw new CertiPureException("metrics transport needs --sigma, the noise levels.", ErrorReason.InvalidArgument);
        foreach (double sigma in sigmas)
        {
            SmoothingOptions.CheckSigma(sigma, parse.GetValue(_allowLargeSigma), Terminal);
        }

        return (_options.LoadPurifier(parse, sigmas[0], images.Shape), images, ids, sigmas);
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
}
