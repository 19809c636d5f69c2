using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Catalog;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>purify</c>: a picture of noisy, purified and clean images.</summary>
internal sealed class PurifyVerb : Verb
{
    private readonly DataOptions _data = new(images: "0..7", required: false);

    private readonly Option<string> _image = new("--image")
    {
        Description = "An image file, instead of --data.",
        HelpName = "FILE",
    };

    private readonly ModelOptions _model = new(ModelUse.Purifier);
    private readonly Option<double> _sigma = SmoothingOptions.Sigma();
    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();
    private readonly Option<ulong> _seed = SmoothingOptions.Seed();
    private readonly Option<string> _out = OutputOptions.Out("The PNG file to write.", required: true);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();

    /// <summary>Defines the verb.</summary>
    public PurifyVerb(Terminal terminal)
        : base(
            "purify",
            "Draws images noisy, purified and clean, one below the other.",
            """
            certipure purify --data fashion-mnist --images 0..7 --sigma 0.5 \
              --purifier consistency:fashion-mnist --out purified.png
            """,
            terminal)
    {
        _data.AddTo(this);
        _model.AddTo(this);
        foreach (Option option in (Option[])[_image, _sigma, _allowLargeSigma, _seed, _out, _overwrite])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override async Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        double sigma = parse.GetRequiredValue(_sigma);
        SmoothingOptions.CheckSigma(sigma, parse.GetValue(_allowLargeSigma), Terminal);
        string path = parse.GetRequiredValue(_out);
        OutputFile.Refuse(path, parse.GetValue(_overwrite));
        string? file = parse.GetValue(_image);
        if (file is null != _data.IsGiven(parse))
        {
            throw new CertiPureException("purify takes images from --data or one from --image; give one of the two.", ErrorReason.InvalidArgument);
        }

        IImageSource source = file is null
            ? await _data.OpenAsync(parse, Terminal, cancellation).ConfigureAwait(false)
            : DataSets.OpenFile(file);
        IReadOnlyList<int> ids = file is null ? _data.Select(parse, source) : [0];
        using var purifier = ModelCatalog.LoadPurifier(
            _model.Read(parse, sigma, source.Shape) with { Announce = Terminal.WriteNote }) as IDisposable;
        byte[] picture = Draw([.. ids.Select(source.Read)], source.Shape, (IPurifier?)purifier, sigma, parse.GetValue(_seed));
        OutputFile.Write(path, parse.GetValue(_overwrite), temporary => File.WriteAllBytes(temporary, picture));
        Terminal.WriteLine(path);
        return ExitCode.Success;
    }

    private static byte[] Draw(LabeledImage[] images, ImageShape shape, IPurifier? purifier, double sigma, ulong seed)
    {
        var noise = new NoiseSource(seed);
        var noisy = new ImageBatch(shape, images.Length);
        for (int i = 0; i < images.Length; i++)
        {
            noise.AddNoise(images[i].ToPixels(), images[i].Id, NoisePhase.Display, 0, sigma, noisy[i]);
        }

        var rows = new List<GridRow> { Row("noisy", noisy) };
        if (purifier is not null)
        {
            rows.Add(Row(purifier.Method, purifier.Purify(noisy, sigma)));
        }

        rows.Add(new GridRow("clean", [.. images.Select(image => GridTile.Of(image))]));
        return new ImageGrid(rows, [.. images.Select(image => image.Id.ToString(CultureInfo.InvariantCulture))]).ToPng();
    }

    private static GridRow Row(string label, ImageBatch batch) =>
        new(label, [.. Enumerable.Range(0, batch.Count).Select(i => GridTile.Of(batch, i))]);
}
