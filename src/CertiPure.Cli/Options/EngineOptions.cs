using System.CommandLine;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Graphs;
using CertiPure.Results;

namespace CertiPure.Cli.Options;

/// <summary>What runs the networks: <c>--engine</c>, and <c>--calibration</c> for networks in 8 bits.</summary>
internal sealed class EngineOptions
{
    private const string Training = "train";
    private const string Auto = "auto";

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "torch, onnx (ONNX Runtime over one graph of purifier and classifier) or auto, the faster here; by default torch, and "
            + "onnx for int8.",
        HelpName = "E",
    };

    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "Images by which int8 chooses the ranges of activations, a data set's name or a path; by default the training "
            + "images of --data.",
        HelpName = "D",
    };

    /// <summary>Defines the options.</summary>
    public EngineOptions() => _engine.AcceptOnlyFromAmong("torch", "onnx", Auto);

    /// <summary>Adds both to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_engine);
        verb.Add(_calibration);
    }

    /// <summary>Adds <c>--calibration</c> alone.</summary>
    public void AddCalibrationTo(Command verb) => verb.Add(_calibration);

    /// <summary>Whether the engine is to be chosen by measuring.</summary>
    public bool IsAuto(ParseResult parse) => parse.GetValue(_engine) == Auto;

    /// <summary>Completes a request by its engine.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="request">The request, its precision known.</param>
    public ModelRequest Read(ParseResult parse, ModelRequest request) => (parse.GetValue(_engine), request.Precision) switch
    {
        (Auto, Precision.Fp32) => request with { MeasuresEngine = true },
        ("onnx", _) or (null or Auto, Precision.Int8) => request with { Engine = Engine.Onnx },
        _ => request,
    };

    /// <summary>Opens the images that int8 is calibrated by; any other precision needs none.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="request">The request.</param>
    /// <param name="certified">The images to certify, or null where there are none.</param>
    /// <param name="locations">Where data sets are looked for.</param>
    /// <param name="terminal">Told when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had, or are the images to certify.</exception>
    public async Task<ModelRequest> CalibrateAsync(
        ParseResult parse,
        ModelRequest request,
        DataIdentity? certified,
        DataLocations locations,
        Terminal terminal,
        CancellationToken cancellation)
    {
        if (request.Precision != Precision.Int8)
        {
            return request;
        }

        string reference = parse.GetValue(_calibration) ?? certified?.Name
            ?? throw new CertiPureException("int8 needs training images by which the ranges of activations are chosen; name them with --calibration.",
                ErrorReason.InvalidArgument);
        DataSet? known = DataSets.All.FirstOrDefault(set => set.Name == reference);
        bool hasTraining = known?.Splits.Contains(Training) == true;
        if (!hasTraining && parse.GetValue(_calibration) is null)
        {
            throw new CertiPureException(
                $"int8 needs training images by which the ranges of activations are chosen, and {reference} has none here; name some with "
                + "--calibration.",
                ErrorReason.InvalidArgument);
        }

        IImageSource images = await DataSets
            .OpenAsync(
                reference,
                new PictureOptions
                {
                    Split = hasTraining ? Training : null,
                    ForTraining = !hasTraining,
                    // Own pictures become what the pictures to certify became.
                    Preparation = known is null && certified?.Preparation is { } preparation ? preparation : new PicturePreparation(),
                },
                locations,
                terminal.WriteNote,
                cancellation)
            .ConfigureAwait(false);
        var calibration = new CalibrationImages(images);
        if (certified is not null)
        {
            calibration.RefuseCertified(certified.PixelSha256);
        }

        if (!IntegerInstructions.SumIn32Bits)
        {
            terminal.WriteNote(
                $"This processor ({IntegerInstructions.Name}) has no instructions that sum 8-bit products in 32 bits (VNNI): weights get 7 bits, "
                + "and int8 is hardly faster than fp32.");
        }

        return request with { Calibration = calibration };
    }
}
