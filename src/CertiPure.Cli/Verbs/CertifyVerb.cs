using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>certify</c>: a run folder of certificates.</summary>
internal sealed class CertifyVerb : Verb
{
    /// <summary>Fewer images may well be of one class.</summary>
    private const int FewestForOnlyClass = 5;

    private readonly DataOptions _data = new();
    private readonly ModelOptions _model = new();
    private readonly Option<double> _sigma = SmoothingOptions.Sigma();
    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();

    private readonly Option<int> _n0 = new("--n0")
    {
        Description = "Draws per image that select the class.",
        HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    private readonly Option<int> _n = SmoothingOptions.Draws(10_000);
    private readonly Option<double> _alpha = SmoothingOptions.Alpha();
    private readonly Option<IReadOnlyList<double>> _radii = RadiiOption.Create();

    private readonly Option<string> _plan = new("--plan")
    {
        Description = "fixed: all draws for every image; staged: stop when every radius of --radii is decided.",
        DefaultValueFactory = _ => "fixed",
    };

    private readonly Option<string> _bound = SmoothingOptions.Bound();
    private readonly Option<string> _noise = SmoothingOptions.Noise();
    private readonly Option<RequestedSeed> _seed = SmoothingOptions.VotesSeed();

    private readonly Option<string> _shard = new("--shard")
    {
        Description = "Certify one part only: i/n with 0 <= i < n, or auto under Slurm and Kubernetes.",
        HelpName = "I/N",
        DefaultValueFactory = _ => "0/1",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Print the experiment and what it would cost, and do nothing.",
    };

    private readonly Option<string> _out = OutputOptions.Out("The run's folder; an interrupted run in it goes on.", required: false);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public CertifyVerb(Terminal terminal)
        : base(
            "certify",
            "Certifies images: for each a class and an L2 radius within which no change alters it.",
            """
            certipure certify --data fashion-mnist --images every:100 --classifier fashion-mnist \
              --purifier consistency:fashion-mnist --sigma 0.5 --n 1000 --out runs/consistency
            """,
            terminal)
    {
        _plan.AcceptOnlyFromAmong([.. SamplingPlans.Names]);
        _data.AddTo(this);
        _model.AddTo(this);
        _model.AddRoutingTo(this);
        foreach (Option option in (Option[])
            [_sigma, _allowLargeSigma, _n0, _n, _alpha, _bound, _plan, _radii, _noise, _seed, _shard, _dryRun, _out, _overwrite, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override string AfterInterruption(ParseResult parse) => GoesOn(parse.GetValue(_overwrite));

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        double sigma = parse.GetRequiredValue(_sigma);
        SmoothingOptions.CheckSigma(sigma, parse.GetValue(_allowLargeSigma), Terminal);
        Shard shard = ReadShard(parse);
        if (_model.Engine.IsAuto(parse) && !shard.IsWhole)
        {
            throw new CertiPureException(
                "Each machine would choose by its own measurement, and shards on different engines do not merge: name one instead of "
                + "--engine auto.",
                ErrorReason.InvalidArgument);
        }

        string? folder = parse.GetValue(_out);
        if (folder is null && !parse.GetValue(_dryRun))
        {
            throw new CertiPureException("certify needs --out, the run's folder, unless --dry-run is given.", ErrorReason.InvalidArgument);
        }

        IImageSource images = await _data.OpenAsync(parse, Terminal, cancellation).ConfigureAwait(false);
        IReadOnlyList<int> ids = _data.Select(parse, images);
        ModelRequest request = await _model.Engine
            .CalibrateAsync(
                parse,
                _model.ReadRouting(parse, _model.Read(parse, sigma, images.Shape)),
                DataIdentity.Of(images),
                _data.Locations(parse),
                Terminal,
                cancellation)
            .ConfigureAwait(false);
        SamplingPlan plan = ReadPlan(parse, isRouted: request.Core is not null);
        using BaseModel model = ModelCatalog.Load(request with { Announce = Terminal.WriteNote });
        images = model.Match(images);
        CleanImageCheck? clean = model.Check(images, ids);
        if (clean?.Remedy is not null)
        {
            Terminal.WriteNote(clean.ToString());
        }

        ulong? asked = parse.GetRequiredValue(_seed).Number;
        bool overwrites = parse.GetValue(_overwrite);
        ulong seed = asked ?? (overwrites ? null : RunFolder.SeedIn(folder)) ?? FreshSeed.Next();
        Experiment experiment = model.Describe(
            images, ids, plan, seed, SmoothingOptions.ReadNoise(parse.GetRequiredValue(_noise)));
        if (parse.GetValue(_dryRun))
        {
            Preview(CertificationEstimate.Measure(model, experiment, shard));
            return ExitCode.Success;
        }

        using RunFolder run = RunFolder.Open(
            folder!,
            model.Begin(experiment, shard, images, request.Device, asked is null ? SeedChoice.Fresh : SeedChoice.Operator, clean?.Result),
            overwrites);
        await CompleteAsync(run, images, model, cancellation).ConfigureAwait(false);
        Summarize(run, parse.GetRequiredValue(_radii), parse.GetValue(_json));
        return ExitCode.Success;
    }

    private Shard ReadShard(ParseResult parse)
    {
        string shard = parse.GetRequiredValue(_shard);
        if (parse.GetRequiredValue(_seed).Number is null && shard != "0/1")
        {
            throw new CertiPureException(
                "The shards of a run need one seed, and without --seed N each would draw its own; give the same number to all.",
                ErrorReason.InvalidArgument);
        }

        return parse.GetValue(_overwrite) && shard.StartsWith("auto", StringComparison.Ordinal)
            ? throw new CertiPureException(
                "A cluster starts an interrupted worker again with the same words, so that --overwrite would discard what --shard auto had "
                + "done; leave it out, or name a new folder.",
                ErrorReason.InvalidArgument)
            : Shard.Parse(shard);
    }

    private SamplingPlan ReadPlan(ParseResult parse, bool isRouted)
    {
        string name = parse.GetRequiredValue(_plan);
        (int n0, int n, double alpha) = (parse.GetValue(_n0), parse.GetValue(_n), parse.GetValue(_alpha));
        BoundKind bound = SmoothingOptions.ReadBound(parse.GetRequiredValue(_bound));
        if (!isRouted)
        {
            return SamplingPlans.Create(name, n0, n, alpha, parse.GetRequiredValue(_radii), bound);
        }

        return name == "fixed"
            ? new RoutedPlan(n0, n, alpha, bound)
            : throw new CertiPureException(
                "Certified routing takes all draws for every image; leave out --plan staged.", ErrorReason.InvalidArgument);
    }

    private Task<bool> CompleteAsync(RunFolder run, IImageSource images, BaseModel model, CancellationToken cancellation)
    {
        int done = run.Certificates.Count;
        if (done > 0)
        {
            Terminal.WriteNote($"{run.Folder} already has {done} certificates; going on from there.");
        }

        RemarkOnTime(model, run.Pending.Count * ((long)run.Manifest.Experiment.N0 + run.Manifest.Experiment.N));

        return Terminal.TrackAsync("certifying", "images", done, done + run.Pending.Count, async progress =>
        {
            await CertificationRun
                .CompleteAsync(run, images, model, _ => progress.Report(run.Certificates.Count), cancellation)
                .ConfigureAwait(false);
            return true;
        });
    }

    private void RemarkOnTime(BaseModel model, long draws)
    {
        if (CertificationEstimate.TimeOfLongRun(model, draws) is { TotalDays: > 1 } time)
        {
            Terminal.WriteNote(string.Create(
                CultureInfo.InvariantCulture,
                $"{draws:N0} draws will take about {time.TotalDays:0.#} days here. Fewer images (--images), fewer draws (--n), --plan staged or "
                + $"--shard on several machines shorten it; an interrupted run can be resumed."));
        }
    }

    private void Preview(CertificationEstimate estimate) => Terminal.WriteJson(estimate);

    private void Summarize(RunFolder folder, IReadOnlyList<double> radii, bool json)
    {
        var run = CertifiedRun.Of(Run.Read(folder.Folder));
        int abstained = run.Images.Count(image => image.Predicted is null);
        int? onlyClass = OnlyClass(run);
        if (json)
        {
            Terminal.WriteJson(new
            {
                folder.Folder,
                Images = run.Images.Count,
                Abstained = abstained,
                Correct = run.Images.Count(image => image.IsCorrect),
                OnlyClass = onlyClass,
                run.ImagesPerSecond,
                folder.Manifest.Experiment.Seed,
                folder.Manifest.CleanImages,
            });
            return;
        }

        Terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{folder.Folder}: {run.Images.Count} certificates, {abstained} abstentions"));
        Terminal.WriteCleanImages(folder.Manifest.CleanImages);
        if (onlyClass is { } only)
        {
            Terminal.WriteLine(
                $"All {run.Images.Count - abstained} certified images got class {only}; if they are of several classes, the classifier does not "
                + "look at the image: check its input range and normalisation, and sigma.");
        }

        if (run.Images.Count > 0 && run.Images.All(image => image.Label is not null))
        {
            TableExporters.Named("markdown").Write(
                CertifiedAccuracyTable.Of([CertifiedAccuracy.Of(run, radii)]), Terminal.Output);
        }
    }

    /// <summary>The class that all certified images got, where that is suspicious: there are several, and they are not known to be of that
    /// class.</summary>
    private static int? OnlyClass(CertifiedRun run)
    {
        int[] classes = [.. run.Images.Select(image => image.Predicted).OfType<int>()];
        return classes.Length >= FewestForOnlyClass && classes.Distinct().Count() == 1 && !run.Images.All(image => image.Label == classes[0])
            ? classes[0]
            : null;
    }
}
