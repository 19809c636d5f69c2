using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.OwnPurifier;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;

namespace CertiPure.Cli.Verbs;

/// <summary><c>train purifier</c>: a purifier for pictures of one's own, in one command.</summary>
internal sealed class TrainPurifierVerb : Verb
{
    private readonly DataOptions _data = new();

    private readonly Option<double> _hours = new("--hours")
    {
        Description = "The time for the whole training; a day helps more than an hour.",
        HelpName = "H",
        Required = true,
    };

    private readonly Option<string?> _size = new("--size") { Description = "The network: small (below 1 hour if absent), medium (below 12) or large." };

    private readonly Option<string?> _loss = new("--loss")
    {
        Description = "The distance of fine-tuning: lpips (if its weights are given), features (if --classifier has gradients) or l2.",
    };

    private readonly Option<string?> _classifier = new("--classifier")
    {
        Description = "The classifier that will follow: features come from it, and it is certified on images held out at the end.",
        HelpName = "C",
    };

    private readonly PreprocessingOptions _preprocessing = new();
    private readonly Option<string?> _architecture = new("--arch") { Description = "The architecture of a state dict that does not record its own.", HelpName = "NAME" };
    private readonly Option<bool> _noFlip = new("--no-flip") { Description = "Do not mirror pictures in training: for digits, text, traffic signs." };
    private readonly Option<string> _backbone = TrainingOptions.LpipsBackbone();
    private readonly Option<string> _heads = TrainingOptions.LpipsHeads();
    private readonly Option<string> _device = ModelOptions.DeviceOption();
    private readonly Option<int?> _threads = ModelOptions.ThreadsOption();
    private readonly Option<string> _out = OutputOptions.Out("The folder for weights, card.md and heldout.png; a stopped training in it goes on.", required: true);

    /// <summary>Defines the verb.</summary>
    public TrainPurifierVerb(Terminal terminal)
        : base(
            "purifier",
            "Trains a purifier for your own pictures within a given time: EDM, consistency, fine-tuning.",
            "certipure train purifier --data photos --hours 2 --classifier mine.json --out mypurifier",
            terminal)
    {
        _size.AcceptOnlyFromAmong("small", "medium", "large");
        _loss.AcceptOnlyFromAmong("lpips", "features", "l2", "l1");
        _data.AddTo(this, hasSelection: false);
        foreach (Option option in (Option[])[_hours, _size, _loss, _noFlip, _classifier, _architecture])
        {
            Add(option);
        }

        _preprocessing.AddTo(this);
        foreach (Option option in (Option[])[_backbone, _heads, _device, _threads, _out])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override string AfterInterruption(ParseResult parse) => "Interrupted; the same command continues from the last checkpoint.";

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        IImageSource data = await _data.OpenForTrainingAsync(parse, Terminal, cancellation).ConfigureAwait(false);
        string folder = parse.GetRequiredValue(_out);
        string? classifier = parse.GetValue(_classifier);
        var job = new PurifierJob(new PurifierJobRequest(data, parse.GetValue(_hours), folder)
        {
            Size = parse.GetValue(_size),
            Distance = parse.GetValue(_loss) is { } loss ? Enum.Parse<FineTuningDistance>(loss, ignoreCase: true) : null,
            Classifier = classifier,
            LpipsBackbonePath = parse.GetValue(_backbone),
            LpipsHeadsPath = parse.GetValue(_heads),
            Flip = !parse.GetValue(_noFlip),
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            Threads = ModelOptions.ReadCount(parse.GetValue(_threads), _threads.Name),
        });
        if (job.Warning is { } warning)
        {
            Terminal.WriteNote(warning);
        }

        Terminal.WriteNote(
            $"Network: {job.Size}; {data.Count - job.HeldOut.Count:N0} pictures to train on, {job.Augmentation}; {job.HeldOut.Count} held out.");
        IReadOnlyList<StageResult> stages = await Task
            .Run(() => job.Run(Terminal.WriteNote, new Lines(Terminal), cancellation), CancellationToken.None).ConfigureAwait(false);
        IReadOnlyList<TrialResult> trial = [];
        string? verdict = null;
        if (classifier is not null && data.ClassNames.Count > 0)
        {
            Terminal.WriteNote($"Certifying the {job.HeldOut.Count} images held out with and without the purifier.");
            ModelRequest request = _preprocessing.Complete(
                parse,
                new ModelRequest(classifier, PurifierChoice.None, PurifierTrial.Sigma, data.Shape) { Architecture = parse.GetValue(_architecture) },
                PictureInputOptions.ReadInterpolation(parse));
            trial = await PurifierTrial.CertifyAsync(folder, request, data, job.HeldOut, cancellation).ConfigureAwait(false);
            verdict = PurifierTrial.Verdict(trial, stages);
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, "heldout.png"), PurifierTrial.Draw(folder, data, job.HeldOut), cancellation).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "card.md"), PurifierCard.Write(job, data, stages, trial, verdict), cancellation).ConfigureAwait(false);
        Terminal.WriteLine($"{folder}: {verdict ?? "trained"}.");
        Terminal.WriteNote(
            $"Next: certipure certify --data D --classifier {classifier ?? "C"} --purifier consistency:{folder} --sigma 0.25 --out runs/mine");
        return ExitCode.Success;
    }

    /// <summary>Prints progress as it is told, on the thread that trains.</summary>
    private sealed class Lines(Terminal terminal) : IProgress<PurifierJobProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
        private DateTime _last;

        public void Report(PurifierJobProgress value)
        {
            if (value.Training.HeldOutLoss is null && DateTime.UtcNow - _last < Pause)
            {
                return;
            }

            _last = DateTime.UtcNow;
            string heldOut = value.Training.HeldOutLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $", held out {loss:G4}") : "";
            terminal.WriteNote(string.Create(
                CultureInfo.InvariantCulture,
                $"{value.Stage}: step {value.Training.Step:N0}/{value.Training.Steps:N0}, loss {value.Training.Loss:G4}{heldOut}, "
                    + $"{value.Training.TimeLeft:h\\:mm\\:ss} left"));
        }
    }
}
