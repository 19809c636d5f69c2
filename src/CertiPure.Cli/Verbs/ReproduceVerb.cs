using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Reproduce;
using CertiPure.Reports;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;

namespace CertiPure.Cli.Verbs;

/// <summary><c>reproduce</c>: every table and figure of the paper into one report.</summary>
internal sealed class ReproduceVerb : Verb
{
    private readonly Option<string> _scale = new("--scale")
    {
        Description = "small: what is bundled, in about 40 minutes on two cores with AVX-512; paper: the paper's protocol with published checkpoints.",
        DefaultValueFactory = _ => "small",
    };

    private readonly Option<bool> _quick = new("--quick")
    {
        Description = "small in about 3 minutes: fewer images and draws.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Print forward passes and hours on this device, and do nothing.",
    };

    private readonly Option<string[]> _classifiers = new("--classifier")
    {
        Description = "A further classifier behind the same purifier (.onnx, .safetensors, .th); may be repeated.",
        HelpName = "FILE",
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "The data set: cifar10 or fashion-mnist; by default CIFAR-10 where it and models for it are here.",
    };

    private readonly Option<string> _directory = DataOptions.Directory();

    private readonly Option<string> _precision = new("--precision")
    {
        Description = "The networks' arithmetic: fp32 or bf16.",
        DefaultValueFactory = _ => "fp32",
    };

    private readonly Option<string> _device = ModelOptions.DeviceOption();

    private readonly Option<int?> _workers = ModelOptions.WorkersOption();
    private readonly Option<int?> _threads = ModelOptions.ThreadsOption();

    private readonly Option<string> _out = OutputOptions.Out(
        "The folder for runs and report, reproduction/DATA-SCALE if absent; an interrupted reproduction in it goes on.", required: false);

    private readonly Option<bool> _overwrite = new("--overwrite")
    {
        Description = "Discard runs of other experiments that the folder holds.",
    };

    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public ReproduceVerb(Terminal terminal)
        : base(
            "reproduce",
            "Runs the paper's experiments and writes every table and figure into one report.",
            "certipure reproduce --quick",
            terminal)
    {
        _scale.AcceptOnlyFromAmong([.. ReproductionScale.Names, ImageNetPlan.Name]);
        _precision.AcceptOnlyFromAmong([.. NetworkPrecision.Supported.Select(Choice.Word)]);
        _data.AcceptOnlyFromAmong("cifar10", "fashion-mnist");
        foreach (Option option in (Option[])
            [_scale, _quick, _dryRun, _classifiers, _data, _directory, _precision, _device, _workers, _threads, _out, _overwrite, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override string AfterInterruption(ParseResult parse) => GoesOn(overwrites: false);

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetRequiredValue(_scale) == ImageNetPlan.Name)
        {
            return PlanImageNet(parse);
        }

        ReproductionScale scale = ReproductionScale.Named(parse.GetRequiredValue(_scale), parse.GetValue(_quick));
        var locations = DataLocations.Of(parse.GetValue(_directory));
        (string data, ReproductionOptions options) = Read(parse, scale, locations);
        bool json = parse.GetValue(_json);
        if (parse.GetValue(_dryRun))
        {
            // Nothing is read of the images but their number and shape, which data sets that have a name share.
            ImageShape shape = data == "cifar10" ? new ImageShape(3, 32, 32) : new ImageShape(1, 28, 28);
            return Print(ReproductionEstimate.Measure(options, data, 10_000, shape), json);
        }

        IImageSource images = await DataSets.OpenAsync(data, new PictureOptions { Split = "test" }, locations, Terminal.WriteNote, cancellation).ConfigureAwait(false);
        var reproduction = new Reproduction(images, options);
        Terminal.WriteNote(
            $"Reproducing on {images.Name} with {options.WeightsName}: {reproduction.Steps.Count} steps; a killed reproduction goes on "
            + "when the same command is given again.");
        if (ModelCatalog.PrecisionRemark(options.Precision, options.Device) is { } slow)
        {
            Terminal.WriteNote(slow);
        }

        var remarks = new HashSet<string>();
        foreach ((int i, ReproductionStep step) in reproduction.Steps.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            await Terminal
                .TrackAsync($"[{i + 1}/{reproduction.Steps.Count}] {step.Title}", step.Unit, step.Done, step.Total, async progress =>
                {
                    await step.RunAsync(done => progress.Report(done), cancellation).ConfigureAwait(false);
                    return true;
                })
                .ConfigureAwait(false);
            if (step.Remark is { } remark && remarks.Add(remark))
            {
                Terminal.WriteNote(remark);
            }
        }

        Terminal.WriteNote("Drawing the report ...");
        await Task.Run(reproduction.WriteReport, cancellation).ConfigureAwait(false);
        if (json)
        {
            Terminal.WriteJson(new { Report = Path.GetFullPath(reproduction.ReportPath), Data = images.Name, Scale = scale.Name });
        }
        else
        {
            Terminal.WriteLine(Path.GetFullPath(reproduction.ReportPath));
        }

        return ExitCode.Success;
    }

    // Weeks of work on most machines, so it is planned here and run by certify, image by image and in shards.
    private ExitCode PlanImageNet(ParseResult parse)
    {
        if (!parse.GetValue(_dryRun))
        {
            throw new CertiPureException(
                "The ImageNet protocol is only planned here (--dry-run); run it with certify --resize 256 --crop 256 --classifier-size 224 in shards.",
                ErrorReason.InvalidArgument);
        }

        return Print(
            ImageNetPlan.Measure(
                DataLocations.Of(parse.GetValue(_directory)), ReadPrecision(parse), ComputeDevice.Parse(parse.GetRequiredValue(_device))),
            parse.GetValue(_json));
    }

    private Precision ReadPrecision(ParseResult parse) => Choice.Parse<Precision>(parse.GetRequiredValue(_precision), "precision");

    private ExitCode Print(ReproductionEstimate estimate, bool json)
    {
        if (json)
        {
            Terminal.WriteJson(estimate);
        }
        else
        {
            TableExporters.Named("markdown").Write(estimate.ToTable(), Terminal.Output);
        }

        return ExitCode.Success;
    }

    private (string Data, ReproductionOptions Options) Read(ParseResult parse, ReproductionScale scale, DataLocations locations)
    {
        BundledModels models = BundledModels.OfProgram;
        (string data, string model) = scale.IsPublished ? ("cifar10", "cifar10-paper")
            : parse.GetValue(_data) switch
            {
                null => Reproduction.Choose(locations, models),
                "cifar10" => ("cifar10", "cifar10-small"),
                var name => (name, name),
            };
        if (scale.IsPublished && parse.GetValue(_data) is not (null or "cifar10"))
        {
            throw new CertiPureException("The paper's protocol is of CIFAR-10; leave out --data.", ErrorReason.InvalidArgument);
        }

        string[] classifiers = parse.GetValue(_classifiers) ?? [];
        if (classifiers.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new CertiPureException($"There is no classifier {missing}; check the path.", ErrorReason.InvalidArgument);
        }

        string folder = parse.GetValue(_out) ?? Path.Combine("reproduction", $"{data}-{scale.Name}");
        var bundled = new BundledWeights(models, model, data, locations);
        return (data, new ReproductionOptions
        {
            Scale = scale,
            Folder = folder,
            Weights = scale.IsPublished ? new PublishedWeights(bundled, locations, Path.Combine(folder, "weights")) : bundled,
            WeightsName = scale.IsPublished ? "the published checkpoints" : $"models/{model}",
            Locations = locations,
            Classifiers = classifiers,
            Device = ComputeDevice.Parse(parse.GetRequiredValue(_device)),
            Precision = ReadPrecision(parse),
            Workers = ModelOptions.ReadCount(parse.GetValue(_workers), _workers.Name),
            Threads = ModelOptions.ReadCount(parse.GetValue(_threads), _threads.Name),
            Overwrite = parse.GetValue(_overwrite),
        });
    }
}
