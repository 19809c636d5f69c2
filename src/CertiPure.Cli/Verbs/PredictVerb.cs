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

/// <summary><c>predict</c>: PREDICT's answer per image (Cohen et al. 2019).</summary>
internal sealed class PredictVerb : Verb
{
    private readonly DataOptions _data = new();
    private readonly ModelOptions _model = new();
    private readonly Option<double> _sigma = SmoothingOptions.Sigma();
    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();
    private readonly Option<int> _n = SmoothingOptions.Draws(1000);
    private readonly Option<double> _alpha = SmoothingOptions.Alpha();
    private readonly Option<string> _noise = SmoothingOptions.Noise();
    private readonly Option<RequestedSeed> _seed = SmoothingOptions.VotesSeed();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public PredictVerb(Terminal terminal)
        : base(
            "predict",
            "Tells the smoothed classifier's class of each image, or that the votes do not settle it (-1).",
            """
            certipure predict --data fashion-mnist --images 3,7 --classifier fashion-mnist \
              --purifier consistency:fashion-mnist --sigma 0.5
            """,
            terminal)
    {
        _data.AddTo(this);
        _model.AddTo(this);
        foreach (Option option in (Option[])[_sigma, _allowLargeSigma, _n, _alpha, _noise, _seed, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        double sigma = parse.GetRequiredValue(_sigma);
        double alpha = parse.GetValue(_alpha);
        int draws = parse.GetValue(_n);
        SmoothingOptions.CheckSigma(sigma, parse.GetValue(_allowLargeSigma), Terminal);
        SmoothingOptions.RefuseAlpha(alpha);
        if (draws < 1)
        {
            throw new CertiPureException($"--n {draws} draws give no answer; take 100 or more.", ErrorReason.InvalidArgument);
        }

        IImageSource images = await _data.OpenAsync(parse, Terminal, cancellation).ConfigureAwait(false);
        IReadOnlyList<int> ids = _data.Select(parse, images);
        ModelRequest request = await _model.Engine
            .CalibrateAsync(
                parse, _model.Read(parse, sigma, images.Shape), DataIdentity.Of(images), _data.Locations(parse), Terminal, cancellation)
            .ConfigureAwait(false);
        using BaseModel model = ModelCatalog.Load(request with { Announce = Terminal.WriteNote });
        images = model.Match(images);
        CleanImageCheck? clean = model.Check(images, ids);
        Terminal.WriteCleanImages(clean?.Result, isRemark: true);
        if (clean?.Remedy is not null)
        {
            Terminal.WriteNote(clean.Hint);
        }

        ulong seed = parse.GetRequiredValue(_seed).Number ?? FreshSeed.Next();
        Terminal.WriteNote(string.Create(
            CultureInfo.InvariantCulture,
            $"The seed of the noise is {seed}, {(parse.GetRequiredValue(_seed).Number is null ? "drawn at random" : "chosen by the operator")}."));
        ContractProbe probe = RunProbe.Before(model);
        using DrawQueue queue = model.OpenQueue();
        var smoothed = new SmoothedClassifier(
            queue, new NoiseSource(seed, SmoothingOptions.ReadNoise(parse.GetRequiredValue(_noise))));
        List<Prediction> predictions = await Terminal
            .TrackAsync("predicting", "images", 0, ids.Count, async progress =>
            {
                var found = new List<Prediction>();
                await foreach (Prediction prediction in smoothed
                    .PredictAsync(ids.Select(images.Read), draws, alpha, cancellation)
                    .ConfigureAwait(false))
                {
                    found.Add(prediction);
                    progress.Report(found.Count);
                }

                return found;
            })
            .ConfigureAwait(false);
        ContractProbe.RefuseChanged(RunProbe.After(probe, model));
        Print([.. predictions.OrderBy(prediction => prediction.Id)], images, parse.GetValue(_json));
        return ExitCode.Success;
    }

    private void Print(Prediction[] predictions, IImageSource images, bool json)
    {
        if (json)
        {
            Terminal.WriteJson(predictions.Select(prediction => new
            {
                prediction.Id,
                images.Read(prediction.Id).File,
                prediction.Label,
                prediction.Predicted,
                ClassName = NameOf(prediction.Predicted),
                prediction.Votes,
                prediction.PValue,
            }));
            return;
        }

        Terminal.WriteLine("idx\tlabel\tpredict\tpvalue\tclass\tfile");
        foreach (Prediction prediction in predictions)
        {
            Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{prediction.Id}\t{prediction.Label}\t{prediction.Predicted ?? -1}\t{prediction.PValue:G3}\t{NameOf(prediction.Predicted)}\t{images.Read(prediction.Id).File}"));
        }

        if (predictions.Length == 1)
        {
            Terminal.WriteNote(
                CertificateText.Leaders(new VoteCounts(predictions[0].Votes), label => NameOf(label) ?? $"class {label}")
                + (predictions[0].Predicted is null
                    ? ", which does not separate the two: an abstention."
                    : ": it wins, with or without a majority, because the next is this far behind."));
        }

        string? NameOf(int? label) => label is { } known && known < images.ClassNames.Count ? images.ClassNames[known] : null;
    }
}
