using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Cli.Verbs;

/// <summary><c>verify</c>: rechecks every bound and radius from the counts, draws noise again, and attacks.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Argument<string> _path = new("RUN|CERTIFICATE")
    {
        Description = "A run folder, or a single certificate's file.",
    };

    private readonly Option<int> _replay = new("--replay")
    {
        Description = "Draw the noise of this many certificates again, spread over the run.",
        HelpName = "N",
    };

    private readonly Option<bool> _partial = new("--partial")
    {
        Description = "Accept a run of which some images have no certificate yet.",
    };

    private readonly AttackOptions _attack = new();
    private readonly DataOptions _data = new(required: false);
    private readonly ModelOptions _model = new(ModelUse.Replay);
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public VerifyVerb(Terminal terminal)
        : base(
            "verify",
            "Rechecks every certificate from its counts, with --replay from its noise, and with --attack by trying to break it.",
            "certipure verify runs/consistency --replay 5",
            terminal)
    {
        Add(_path);
        Add(_replay);
        Add(_partial);
        _attack.AddTo(this);
        _data.AddTo(this, hasSelection: false);
        _model.AddTo(this);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        Claims claims = Claims.Read(parse.GetRequiredValue(_path));
        (Experiment experiment, IReadOnlyList<Certificate> certificates, LabeledImage? image) =
            (claims.Experiment, claims.Certificates, claims.Image);
        CertificateObjection[] objections =
            [.. certificates.SelectMany(certificate => CertificateVerifier.Check(experiment, certificate))];
        int replay = parse.GetValue(_replay), attack = _attack.Images(parse);
        IReadOnlyList<Replay> replays = [];
        AttackSettings settings = _attack.Read(parse);
        IReadOnlyList<AttackAttempt> attempts = [];
        if (objections.Length == 0 && (replay > 0 || attack > 0))
        {
            Func<int, LabeledImage> images = image is null
                ? (await _data.OpenAsync(parse, experiment, Terminal, cancellation).ConfigureAwait(false)).Read
                : _ => image;
            ModelRequest request = await _model.Engine
                .CalibrateAsync(
                    parse,
                    _model.ReadReplay(parse, experiment, claims.Environment),
                    experiment.Data,
                    _data.Locations(parse),
                    Terminal,
                    cancellation)
                .ConfigureAwait(false);
            using BaseModel model = ModelCatalog.Load(request);
            CompareProcessors(claims.Environment, model.Environment(request.Device), replay);
            Certificate[] radii = [.. certificates.Where(certificate => certificate.Radius > 0)];
            replays = await ReplayAsync(experiment, Spread(certificates, replay), images, model, cancellation).ConfigureAwait(false);
            attempts = await AttackAsync(experiment, Spread(radii, attack), images, request, model, settings, cancellation)
                .ConfigureAwait(false);
        }

        if (parse.GetValue(_json))
        {
            PrintJson(claims, objections, replays, settings, attempts);
        }
        else
        {
            Print(claims, objections, replays);
            PrintAttack(attack > 0 && objections.Length == 0, settings, attempts);
        }

        bool holds = objections.Length == 0
            && (claims.Missing == 0 || parse.GetValue(_partial))
            && !claims.HasChangedClassifier
            && !Replay.Refute(replays)
            && !attempts.Any(attempt => attempt.IsViolation);
        return holds ? ExitCode.Success : ExitCode.Refused;
    }

    private void CompareProcessors(RunEnvironment? then, RunEnvironment now, int replay)
    {
        if (replay > 0 && then is not null && then.InstructionSet != now.InstructionSet)
        {
            Terminal.WriteNote(
                $"The run computed with {then.InstructionSet} and this machine computes with {now.InstructionSet}, so a few votes may "
                + "differ by rounding.");
        }
    }

    private static Certificate[] Spread(IReadOnlyList<Certificate> certificates, int count) => count >= certificates.Count
        ? [.. certificates]
        : [.. Enumerable.Range(0, count).Select(i => certificates[(int)((long)i * certificates.Count / count)])];

    private Task<IReadOnlyList<Replay>> ReplayAsync(
        Experiment experiment,
        Certificate[] certificates,
        Func<int, LabeledImage> images,
        BaseModel model,
        CancellationToken cancellation) => certificates.Length == 0
            ? Task.FromResult<IReadOnlyList<Replay>>([])
            : Terminal.TrackAsync("replaying", "images", 0, certificates.Length, async progress =>
            {
                int done = 0;
                return await Replay
                    .OfAsync(experiment, certificates, images, model, _ => progress.Report(++done), cancellation)
                    .ConfigureAwait(false);
            });

    private async Task<IReadOnlyList<AttackAttempt>> AttackAsync(
        Experiment experiment,
        Certificate[] certificates,
        Func<int, LabeledImage> images,
        ModelRequest request,
        BaseModel model,
        AttackSettings settings,
        CancellationToken cancellation)
    {
        if (certificates.Length == 0)
        {
            return [];
        }

        using BaseModel differentiable = ModelCatalog.Load(request with { Engine = Engine.Torch, Precision = Precision.Fp32 });
        int total = certificates.Length * settings.Factors.Count;
        return await Terminal
            .TrackAsync("attacking", "attempts", 0, total, progress => Task.Run(
                () =>
                {
                    // One image after the other, so that the workers' share of the processors is free.
                    LibTorch.Threads = request.Threads ?? Environment.ProcessorCount;
                    var attempts = new List<AttackAttempt>();
                    foreach (AttackAttempt attempt in CertificateAttack.Of(
                        experiment, certificates, images, model, differentiable, settings, cancellation))
                    {
                        attempts.Add(attempt);
                        progress.Report(attempts.Count);
                    }

                    return attempts;
                },
                cancellation))
            .ConfigureAwait(false);
    }

    private void PrintJson(
        Claims claims,
        CertificateObjection[] objections,
        IReadOnlyList<Replay> replays,
        AttackSettings settings,
        IReadOnlyList<AttackAttempt> attempts) => Terminal.WriteJson(new
        {
            claims.Images,
            Certificates = claims.Certificates.Count,
            claims.Missing,
            claims.Experiment.Seed,
            claims.SeedChosenBy,
            claims.HasChangedClassifier,
            Objections = objections,
            Replayed = replays.Count,
            ComparedVotes = replays.Sum(replay => (long)replay.ComparedVotes),
            DifferingVotes = replays.Sum(replay => replay.DifferingVotes),
            IsRefuted = Replay.Refute(replays),
            ChangedCertificates = replays.Where(replay => !replay.IsConfirmed).Select(replay => replay.Claimed.Id),
            Attack = attempts.Count == 0 ? null : new
            {
                Settings = settings,
                Violations = attempts.Count(attempt => attempt.IsViolation),
                Attempts = attempts.Select(attempt => new
                {
                    attempt.Claimed.Id,
                    attempt.Factor,
                    attempt.Claimed.Radius,
                    attempt.Distance,
                    Certified = attempt.Claimed.Predicted,
                    attempt.Prediction.Predicted,
                    attempt.Prediction.PValue,
                }),
            },
        });

    private void Print(Claims claims, CertificateObjection[] objections, IReadOnlyList<Replay> replays)
    {
        foreach (CertificateObjection objection in objections)
        {
            Terminal.WriteLine(objection.ToString());
        }

        int count = claims.Certificates.Count;
        Terminal.WriteLine(objections.Length == 0
            ? $"{count} certificates: every bound and radius follows from its counts."
            : $"{objections.Select(objection => objection.Id).Distinct().Count()} of {count} certificates do not hold.");
        Terminal.WriteLine(claims.Missing == 0
            ? $"All {claims.Images} images have certificates."
            : $"{count} of {claims.Images} images have certificates; {claims.Missing} have none yet.");
        Terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Seed {claims.Experiment.Seed}{(claims.SeedChosenBy is { } who ? $", chosen by: {who}" : "")}."));
        if (claims.IgnoresImage)
        {
            Terminal.WriteNote("The file is of format version 1; its member image, which repeats the pixels, is ignored.");
        }

        if (claims.HasChangedClassifier)
        {
            Terminal.WriteLine(
                "The base classifier gave other scores at the run's end than at its beginning, so the votes are not those of one function.");
        }

        foreach (Replay replay in replays.Where(replay => replay.DifferingVotes > 0 || !replay.IsConfirmed))
        {
            Terminal.WriteLine(
                $"Image {replay.Claimed.Id}: {replay.DifferingVotes} of {replay.ComparedVotes} votes differ, "
                + (replay.ChangesClass ? "the predicted class changes." : replay.IsConfirmed ? "the certificate is the same." : "the radius changes."));
        }

        if (replays.Count > 0)
        {
            int differing = replays.Sum(replay => replay.DifferingVotes);
            Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{replays.Count} replayed: {differing} of {replays.Sum(replay => (long)replay.ComparedVotes)} votes differ, "
                + $"{replays.Count(replay => replay.ChangesClass)} predicted classes change."));
            if (Replay.Refute(replays))
            {
                Terminal.WriteLine("The replay does not confirm the run: a predicted class changes, or more than one vote in a thousand differs.");
            }
            else if (differing > 0)
            {
                Terminal.WriteNote($"{differing} votes differ; rounding on another processor can explain so few.");
            }
        }
    }

    private void PrintAttack(bool isAsked, AttackSettings settings, IReadOnlyList<AttackAttempt> attempts)
    {
        if (isAsked && attempts.Count == 0)
        {
            Terminal.WriteLine("No certificate has a radius above 0, so there is nothing to attack.");
        }

        foreach (AttackAttempt violation in attempts.Where(attempt => attempt.IsViolation))
        {
            Terminal.WriteLine(
                $"Image {violation.Claimed.Id}: class {violation.Prediction.Predicted} instead of {violation.Claimed.Predicted} at "
                + $"distance {violation.Distance:R}, within the radius {violation.Claimed.Radius:R}.");
        }

        foreach (IGrouping<double, AttackAttempt> group in attempts.GroupBy(attempt => attempt.Factor))
        {
            int abstentions = group.Count(attempt => attempt.Prediction.Predicted is null);
            Terminal.WriteLine(
                $"{group.Count()} attacked within {group.Key} of the certified radius (seed {settings.Seed}): "
                + $"{group.Count(attempt => attempt.ChangesAnswer)} get another class, {abstentions} get none.");
        }

        if (attempts.Any(attempt => !attempt.IsInside)
            && !attempts.Any(attempt => attempt is { IsInside: false, ChangesAnswer: true }))
        {
            Terminal.WriteLine("The attack does not succeed outside the radius either, so it shows nothing: give it more --attack-steps.");
        }
    }

    /// <summary>What a run or a certificate file claims.</summary>
    private sealed record Claims(Experiment Experiment, IReadOnlyList<Certificate> Certificates, int Images)
    {
        /// <summary>The image of a certificate file; null for a run.</summary>
        public LabeledImage? Image { get; private init; }

        /// <summary>The process that worked on a run last; null for a certificate file.</summary>
        public RunEnvironment? Environment { get; private init; }

        /// <summary>Who chose the seed; null where a run of format version 1 does not say.</summary>
        public string? SeedChosenBy { get; private init; }

        public bool HasChangedClassifier { get; private init; }

        public bool IgnoresImage { get; private init; }

        /// <summary>The images without a certificate.</summary>
        public int Missing => Images - Certificates.Count;

        public static Claims Read(string path)
        {
            if (!File.Exists(path))
            {
                Run run = Run.Read(path);
                return new Claims(run.Manifest.Experiment, run.Certificates, run.Certificates.Count + run.Missing.Count)
                {
                    Environment = run.Manifest.Environment is [.., var last] ? last : null,
                    SeedChosenBy = Word(run.Manifest.SeedChosenBy),
                    HasChangedClassifier = run.Manifest.HasChangedClassifier(),
                };
            }

            var document = CertificateDocument.Parse(File.ReadAllBytes(path), path);
            return CertificateDocument.HashOf(document.Pixels) == document.Experiment.Data.PixelSha256
                ? new Claims(document.Experiment, [document.Certificate], 1)
                {
                    Image = document.ToImage(),
                    SeedChosenBy = Word(document.SeedChosenBy),
                    IgnoresImage = document.IgnoresImage(),
                }
                : throw new CertiPureException(
                    $"The image in {path} does not have the hash that the certificate names; one of the two was changed.",
                    ErrorReason.Refused);
        }

        private static string? Word(SeedChoice? choice) => choice switch
        {
            SeedChoice.Fresh => "fresh",
            SeedChoice.Operator => "operator",
            _ => null,
        };

        private static string Word(SeedOrigin origin) => origin == SeedOrigin.Service ? "service" : "client";
    }
}
