using System.CommandLine;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Results;

namespace CertiPure.Cli.Options;

/// <summary>Which images: <c>--data --split --images --data-dir</c> and how pictures of one's own are read.</summary>
internal sealed class DataOptions
{
    private readonly Option<string> _data;
    private readonly Option<string> _images;

    private readonly Option<string> _split = new("--split")
    {
        Description = "The data set's split; by default its test or validation images.",
        HelpName = "NAME",
    };

    /// <summary>Defines the options.</summary>
    /// <param name="images">Which images are taken where <c>--images</c> is absent.</param>
    /// <param name="required">Whether <c>--data</c> must be given.</param>
    public DataOptions(string images = "all", bool required = true)
    {
        _data = new("--data")
        {
            Description = "A data set's name (fashion-mnist, cifar10, tiny-imagenet, imagenet64), or the path of your own pictures: a folder, a file of many (.npz, .parquet, .tar, IDX), an image.",
            HelpName = "D",
            Required = required,
        };
        _images = new("--images")
        {
            Description = "Which images, both ends included: every:20, 0..1016:2, 3,7 or all.",
            HelpName = "SELECTION",
            DefaultValueFactory = _ => images,
        };
    }

    /// <summary>The folder that <c>--data-dir</c> names.</summary>
    public static Option<string> Directory() => new("--data-dir")
    {
        Description = $"A folder of data sets, looked at before {DataLocations.EnvironmentVariable} and the per-user cache.",
        HelpName = "PATH",
    };

    private readonly PictureInputOptions _pictures = new();

    private Option<string> DataDirectory { get; } = Directory();

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="hasSelection">Whether the verb has <c>--images</c>.</param>
    public void AddTo(Command verb, bool hasSelection = true)
    {
        verb.Add(_data);
        verb.Add(_split);
        verb.Add(DataDirectory);
        _pictures.AddTo(verb);
        if (hasSelection)
        {
            verb.Add(_images);
        }
    }

    /// <summary>Whether <c>--data</c> was given.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetValue(_data) is not null;

    /// <summary>Opens the images.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="terminal">Told when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had.</exception>
    public Task<IImageSource> OpenAsync(ParseResult parse, Terminal terminal, CancellationToken cancellation) =>
        OpenAsync(parse, parse.GetRequiredValue(_data), terminal, cancellation);

    /// <summary>Opens the images to train on.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="terminal">Told what was found.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had.</exception>
    public Task<IImageSource> OpenForTrainingAsync(ParseResult parse, Terminal terminal, CancellationToken cancellation) => OpenAsync(
        parse.GetRequiredValue(_data),
        _pictures.Read(parse, parse.GetValue(_split)) with { ForTraining = true },
        Locations(parse),
        terminal,
        cancellation);

    /// <summary>Opens images, and says what was found and what was left out.</summary>
    /// <param name="reference">A data set's name or a path.</param>
    /// <param name="options">How pictures of one's own are read.</param>
    /// <param name="locations">Where data sets are looked for.</param>
    /// <param name="terminal">Told.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had.</exception>
    public static async Task<IImageSource> OpenAsync(
        string reference, PictureOptions options, DataLocations locations, Terminal terminal, CancellationToken cancellation)
    {
        IImageSource images = await DataSets.OpenAsync(reference, options, locations, terminal.WriteNote, cancellation).ConfigureAwait(false);
        if (images.Summary is { } summary)
        {
            terminal.WriteNote(
                $"{reference}: {summary}."
                + (images.Preparation is null ? "" : $" Sigma and radii are measured on the prepared {images.Shape.Width}x{images.Shape.Height} pixels."));
        }

        return images;
    }

    /// <summary>Opens images by a word that is not an option: a data set's name or a path.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="reference">The name or path.</param>
    /// <param name="terminal">Told when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had.</exception>
    public Task<IImageSource> OpenAsync(ParseResult parse, string reference, Terminal terminal, CancellationToken cancellation) =>
        OpenAsync(reference, _pictures.Read(parse, parse.GetValue(_split)), Locations(parse), terminal, cancellation);

    /// <summary>Where data sets and downloads are looked for.</summary>
    public DataLocations Locations(ParseResult parse) => DataLocations.Of(parse.GetValue(DataDirectory));

    /// <summary>Opens the images of an experiment: where <c>--data</c> says, else by their data set's name.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="terminal">Told when something has to be fetched first.</param>
    /// <param name="cancellation">Stops fetching.</param>
    /// <exception cref="CertiPureException">They cannot be had, or have other pixels.</exception>
    public async Task<IImageSource> OpenAsync(
        ParseResult parse, Experiment experiment, Terminal terminal, CancellationToken cancellation)
    {
        string? data = parse.GetValue(_data);
        if (data is null && !DataSets.All.Any(set => set.Name == experiment.Data.Name))
        {
            throw new CertiPureException(
                $"The run's images, {experiment.Data.Name}, are not a data set of the catalog; name them with --data.", ErrorReason.InvalidArgument);
        }

        PictureOptions options = _pictures.Read(parse, data is null ? experiment.Data.Split : parse.GetValue(_split));
        if (options.Preparation.IsNone && experiment.Data.Preparation is { } preparation)
        {
            options = options with { Preparation = preparation };
        }

        IImageSource images = await OpenAsync(data ?? experiment.Data.Name, options, Locations(parse), terminal, cancellation)
            .ConfigureAwait(false);
        return images.PixelSha256 == experiment.Data.PixelSha256
            ? images
            : throw new CertiPureException(
                $"The images of {images.Name} have other pixels (SHA-256 {images.PixelSha256}) than the run's; name the right ones "
                + "with --data.",
                ErrorReason.Refused);
    }

    /// <summary>The ids that <c>--images</c> selects, ascending.</summary>
    /// <exception cref="CertiPureException">The selection is none, or lies outside the images.</exception>
    public IReadOnlyList<int> Select(ParseResult parse, IImageSource images) =>
        ImageSelection.Parse(parse.GetRequiredValue(_images)).Resolve(images.Count);
}
