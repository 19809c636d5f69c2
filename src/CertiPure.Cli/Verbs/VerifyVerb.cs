using System.CommandLine;
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
        _attack.AddTo(this);
        _data.AddTo(this, hasSelection: false);
        _model.AddTo(this);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        (Experiment experiment, IReadOnlyList<Certificate> certificates, LabeledImage? image) = Read(parse.GetRequiredValue(_path));
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
            ModelRequest request = _model.ReadReplay(parse, experiment);
            using BaseModel model = ModelCatalog.Load(request);
            Certificate[] claims = [.. certificates.Where(certificate => certificate.Radius > 0)];
            replays = await ReplayAsync(experiment, Spread(certificates, replay), images, model, cancellation).ConfigureAwait(false);
            attempts = await AttackAsync(experiment, Spread(claims, attack), images, request, model, settings, cancellation)
                .ConfigureAwait(false);
        }

        if (parse.GetValue(_json))
        {
            PrintJson(certificates.Count, objections, replays, settings, attempts);
        }
        else
        {
            Print(certificates.Count, objections, replays);
            PrintAttack(attack > 0 && objections.Length == 0, settings, attempts);
        }

        bool holds = objections.Length == 0 && replays.All(one => one.IsConfirmed) && !attempts.Any(attempt => attempt.IsViolation);
        return holds ? ExitCode.Success : ExitCode.Refused;
    }

    private static (Experiment Experiment, IReadOnlyList<Certificate> Certificates, LabeledImage? Image) Read(string path)
    {
        if (!File.Exists(path))
        {
            Run run = Run.Read(path);
            return (run.Manifest.Experiment, run.Certificates, null);
        }

        var document = CertificateDocument.Parse(File.ReadAllBytes(path), path);
        return CertificateDocument.HashOf(document.Pixels) == document.Experiment.Data.PixelSha256
            ? (document.Experiment, [document.Certificate], document.Image)
            : throw new CertiPureException(
                $"The image in {path} does not have the hash that the certificate names; one of the two was changed.",
                ErrorReason.Refused);
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

        using BaseModel differentiable = ModelCatalog.Load(request with { Precision = Precision.Fp32 });
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
        int count,
        CertificateObjection[] objections,
        IReadOnlyList<Replay> replays,
        AttackSettings settings,
        IReadOnlyList<AttackAttempt> attempts) => Terminal.WriteJson(new
        {
            Certificates = count,
            Objections = objections,
            Replayed = replays.Count,
            DifferingVotes = replays.Sum(replay => replay.DifferingVotes),
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

    private void Print(int count, CertificateObjection[] objections, IReadOnlyList<Replay> replays)
    {
        foreach (CertificateObjection objection in objections)
        {
            Terminal.WriteLine(objection.ToString());
        }

        Terminal.WriteLine(objections.Length == 0
            ? $"{count} certificates: every bound and radius follows from its counts."
            : $"{objections.Select(objection => objection.Id).Distinct().Count()} of {count} certificates do not hold.");
        foreach (Replay replay in replays.Where(replay => replay.DifferingVotes > 0 || !replay.IsConfirmed))
        {
            Terminal.WriteLine(
                $"Image {replay.Claimed.Id}: {replay.DifferingVotes} votes differ, the certificate "
                + (replay.IsConfirmed ? "is the same." : "changes."));
        }

        if (replays.Count > 0)
        {
            Terminal.WriteLine(
                $"{replays.Count} replayed: {replays.Sum(replay => replay.DifferingVotes)} votes differ, "
                + $"{replays.Count(replay => !replay.IsConfirmed)} certificates change.");
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
            Terminal.WriteLine("Not even beyond the radius does the attack succeed, so it shows nothing: give it more --attack-steps.");
        }
    }
}
