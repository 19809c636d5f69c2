using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>verify</c>: rechecks every bound and radius from the counts, and draws noise again.</summary>
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

    private readonly DataOptions _data = new(required: false);
    private readonly ModelOptions _model = new(ModelUse.Replay);
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public VerifyVerb(Terminal terminal)
        : base(
            "verify",
            "Rechecks every certificate from its counts and, with --replay, from its noise.",
            "certipure verify runs/consistency --replay 5",
            terminal)
    {
        Add(_path);
        Add(_replay);
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
        int replay = parse.GetValue(_replay);
        IReadOnlyList<Replay> replays = objections.Length == 0 && replay > 0
            ? await ReplayAsync(parse, experiment, Spread(certificates, replay), image, cancellation).ConfigureAwait(false)
            : [];
        Print(parse.GetValue(_json), certificates.Count, objections, replays);
        return objections.Length == 0 && replays.All(one => one.IsConfirmed) ? ExitCode.Success : ExitCode.Refused;
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
                ExitCode.Refused);
    }

    private static Certificate[] Spread(IReadOnlyList<Certificate> certificates, int count) => count >= certificates.Count
        ? [.. certificates]
        : [.. Enumerable.Range(0, count).Select(i => certificates[(int)((long)i * certificates.Count / count)])];

    private async Task<IReadOnlyList<Replay>> ReplayAsync(
        ParseResult parse,
        Experiment experiment,
        Certificate[] certificates,
        LabeledImage? image,
        CancellationToken cancellation)
    {
        Func<int, LabeledImage> images = image is null
            ? (await _data.OpenAsync(parse, experiment, Terminal, cancellation).ConfigureAwait(false)).Read
            : _ => image;
        using BaseModel model = ModelCatalog.Load(_model.ReadReplay(parse, experiment));
        return await Terminal
            .TrackAsync("replaying", "images", 0, certificates.Length, async progress =>
            {
                int done = 0;
                return await Replay
                    .OfAsync(experiment, certificates, images, model, _ => progress.Report(++done), cancellation)
                    .ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private void Print(bool json, int count, CertificateObjection[] objections, IReadOnlyList<Replay> replays)
    {
        if (json)
        {
            Terminal.WriteJson(new
            {
                Certificates = count,
                Objections = objections,
                Replayed = replays.Count,
                DifferingVotes = replays.Sum(replay => replay.DifferingVotes),
                ChangedCertificates = replays.Where(replay => !replay.IsConfirmed).Select(replay => replay.Claimed.Id),
            });
            return;
        }

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
}
