using System.CommandLine;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Training;

namespace CertiPure.Cli.Options;

/// <summary>What <c>train</c> and <c>finetune</c> share: their options, and how a training is run and shown.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "A data set's name, whose training split is taken, or the path of your own pictures.",
        HelpName = "D",
        Required = true,
    };

    private readonly Option<string> _directory = DataOptions.Directory();
    private readonly Option<string?> _split = new("--split") { Description = "The data's split; the training images if absent.", HelpName = "NAME" };
    private readonly PictureInputOptions _pictures = new();
    private readonly Option<string> _preset = new("--preset") { Description = $"A bundled preset ({string.Join(", ", TrainingPreset.Bundled)}; small, medium and large fit any square images) or a JSON file.", Required = true };
    private readonly Option<string> _from = new("--from") { Description = "Weights to start from.", HelpName = "FILE" };
    private readonly Option<string> _out = OutputOptions.Out("Where the trained weights go (.safetensors).", required: true);
    private readonly Option<string> _state = new("--state")
    {
        Description = "The folder for checkpoints and the loss curve; OUT.training if absent.",
        HelpName = "FOLDER",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Changes an option of the preset, such as trainer.steps=1000; may be repeated.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<string> _device = ModelOptions.DeviceOption();
    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Threads of one operation; measured by default, again every few minutes.",
        HelpName = "N",
    };

    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with a training that was stopped." };
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Print the resolved options, the number of parameters and the estimated hours, and train nothing.",
    };

    /// <summary>How long an interrupted training may take to finish its step and write the checkpoint.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--lpips-backbone</c>.</summary>
    public static Option<string> LpipsBackbone() => new("--lpips-backbone")
    {
        Description = "The ImageNet weights of the preset's lpipsNetwork (SqueezeNet 1.1, VGG-16 or AlexNet), for losses with LPIPS.",
        HelpName = "FILE",
    };

    /// <summary><c>--lpips-heads</c>.</summary>
    public static Option<string> LpipsHeads() => new("--lpips-heads")
    {
        Description = "The LPIPS v0.1 linear heads of that network, for losses with LPIPS.",
        HelpName = "FILE",
    };

    /// <summary>The file of a trained classifier, a bundled one's or the one named; null for null.</summary>
    public static string? FindClassifier(string? text) => Find(text, ["classifier"]);

    /// <summary>The file of a trained purifier, written <c>METHOD:WEIGHTS</c>; null for null.</summary>
    /// <exception cref="CertiPureException">It does not purify in one call.</exception>
    public static string? FindPurifier(string? text)
    {
        if (text is null)
        {
            return null;
        }

        PurifierChoice choice = PurifierChoice.Parse(text);
        return choice.Method is not ("none" or "pf-ode")
            ? Find(choice.Weights, choice.UsualFiles)
            : throw new CertiPureException(
                $"The purifier {choice.Method} does not purify in one call, which training needs: choose ddpm, edm, consistency or "
                + "calibrated.",
                ErrorReason.InvalidArgument);
    }

    /// <summary>Leaves out of a verb's help what one training does not take, and lists the presets that have the training.</summary>
    /// <param name="training">One of <see cref="TrainingSession.Trainings"/>.</param>
    /// <param name="others">Options of the verb that the training does not take.</param>
    public void ShowHelpOf(string training, IEnumerable<Option> others)
    {
        string[] presets = [.. TrainingPreset.Bundled.Where(preset => TrainingPreset.Load(preset).Sections.Contains(training))];
        _preset.Description = $"{string.Join(", ", presets)}, or a JSON file{(presets.Contains("small") ? "; small, medium and large fit any square images" : "")}.";
        _from.Hidden = training is "selector" or "classifier-fine-tuning" or "calibration" or "joint";
        foreach (Option option in others)
        {
            option.Hidden = true;
        }
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_directory);
        command.Add(_split);
        _pictures.AddTo(command);
        command.Add(_preset);
        command.Add(_from);
        command.Add(_out);
        command.Add(_state);
        command.Add(_set);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_resume);
        command.Add(_overwrite);
        command.Add(_dryRun);
    }

    /// <summary>How an interrupted training goes on.</summary>
    public string AfterInterruption(ParseResult parse) =>
        "Interrupted; the same command "
        + (parse.GetValue(_resume) ? "" : parse.GetValue(_overwrite) ? "with --resume instead of --overwrite " : "with --resume ")
        + "continues from the last checkpoint.";

    /// <summary>Runs the training that the options describe.</summary>
    public async Task<ExitCode> RunAsync(
        ParseResult parse,
        Terminal terminal,
        string training,
        Func<TrainingRequest, TrainingRequest> complete,
        CancellationToken cancellation)
    {
        string name = parse.GetRequiredValue(_data);
        IImageSource data = await DataOptions
            .OpenAsync(
                name,
                _pictures.Read(parse, parse.GetValue(_split)) with { ForTraining = true },
                DataLocations.Of(parse.GetValue(_directory)),
                terminal,
                cancellation)
            .ConfigureAwait(false);
        TrainingRequest request = complete(new TrainingRequest
        {
            Training = training,
            Preset = parse.GetRequiredValue(_preset),
            Data = data,
            OutputPath = parse.GetRequiredValue(_out),
            Changes = parse.GetValue(_set) ?? [],
            StartPath = parse.GetValue(_from),
            StateFolder = parse.GetValue(_state),
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            Threads = ModelOptions.ReadCount(parse.GetValue(_threads), _threads.Name),
            Announce = terminal.WriteNote,
            Resume = parse.GetValue(_resume),
            Overwrite = parse.GetValue(_overwrite),
        });
        using var session = new TrainingSession(request);
        if (parse.GetValue(_dryRun))
        {
            terminal.WriteJson(session.Estimate());
            return ExitCode.Success;
        }

        await Task.Run(
            () => session.Run(new Lines(terminal, training), cancellation), CancellationToken.None).ConfigureAwait(false);
        terminal.WriteLine(request.ClassifierOutputPath is null
            ? $"The weights are in {request.OutputPath}."
            : $"The purifier's weights are in {request.OutputPath} and the classifier's in {request.ClassifierOutputPath}.");
        terminal.WriteNote("Next: certipure " + Next(request, name, parse.GetValue<string>("--purifier") ?? "METHOD:WEIGHTS"));
        return ExitCode.Success;
    }

    /// <summary>The command that takes what was trained.</summary>
    private static string Next(TrainingRequest request, string data, string purifier)
    {
        string trained = request.OutputPath, method = purifier.Split(':')[0];
        return request.Training switch
        {
            "edm" => $"train consistency --from {trained} --preset {request.Preset} --data {data} --out consistency.safetensors",
            "consistency" => $"finetune consistency --from {trained} --preset {request.Preset} --data {data} --out fine-tuned.safetensors",
            "classifier" or "smoothed-classifier" => Certify(trained, null),
            "classifier-fine-tuning" => Certify(trained, purifier),
            "joint" => Certify(request.ClassifierOutputPath!, $"{method}:{trained}"),
            "selector" => Certify(request.ClassifierPath ?? "C", purifier) + $" --selector {trained}",
            "calibration" => Certify(request.ClassifierPath ?? "C", $"calibrated:{trained}"),
            "ddpm" => Certify("C", $"ddpm:{trained}"),
            _ => Certify("C", $"consistency:{trained}"),
        };

        string Certify(string classifier, string? before) =>
            $"certify --data {data} --classifier {classifier}{(before is null ? "" : $" --purifier {before}")} --sigma 0.25 --out runs/mine";
    }

    private static string? Find(string? reference, IReadOnlyList<string> usual) =>
        reference is null ? null : BundledModels.OfProgram.Find(reference, usual) ?? reference;

    /// <summary>Prints progress as it is told, on the thread that trains.</summary>
    private sealed class Lines(Terminal terminal, string training) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => terminal.WriteNote(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{training}: step {value.Step:N0}/{value.Steps:N0}, loss {value.Loss:G4}{HeldOut(value)}, gradient {value.GradientNorm:G3}, "
            + $"{value.ImagesPerSecond:N0} images/s, {value.TimeLeft:h\\:mm\\:ss} left"));

        private static string HeldOut(TrainingProgress value) => value.HeldOutLoss is double loss
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" (held out {loss:G4})")
            : "";
    }
}
