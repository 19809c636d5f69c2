using System.Globalization;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Server.Models;

/// <summary>Offers the bundled models and the data sets that are on this machine, or the classifier that the configuration
/// names.</summary>
public sealed class CatalogLibrary : IModelLibrary
{
    /// <summary>The purifiers of a bundled model by file, the best first.</summary>
    private static readonly (string File, string Method, string Title, string Summary)[] BundledPurifiers =
    [
        ("consistency-lpips", "consistency", "Consistency Purification",
            "One network call to a clean image, fine-tuned to keep what the image shows."),
        ("consistency", "consistency", "Consistency model", "The same before fine-tuning."),
        ("edm", "edm", "One-step diffusion", "EDM's denoiser once: a blurred average of what could be there."),
    ];

    private static readonly PurifierOffer NoPurifier = new("none", "No purifier", "Plain randomized smoothing of the classifier.");

    private readonly ServerOptions _options;
    private readonly BundledModels _bundled;
    private readonly Dictionary<(string Model, string Purifier), (string Classifier, PurifierChoice Purifier)> _choices = [];
    private readonly List<ModelOffer> _models = [];
    private readonly List<DataSetOffer> _dataSets = [];

    private CatalogLibrary(ServerOptions options, BundledModels bundled)
    {
        _options = options;
        _bundled = bundled;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModelOffer> Models => _models;

    /// <inheritdoc/>
    public IReadOnlyList<DataSetOffer> DataSets => _dataSets;

    /// <summary>Finds out what there is.</summary>
    /// <param name="options">The service's configuration.</param>
    /// <param name="announce">Told in a sentence what is missing.</param>
    /// <param name="bundled">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">What the configuration names is missing or does not fit.</exception>
    public static CatalogLibrary Open(ServerOptions options, Action<string> announce, BundledModels? bundled = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(announce);
        var library = new CatalogLibrary(options, bundled ?? BundledModels.OfProgram);
        DataLocations locations = DataLocations.Of(options.DataDirectory);
        if (options.Classifier is { } classifier)
        {
            library.AddConfigured(classifier, locations, announce);
        }
        else
        {
            foreach (string name in library._bundled.Names.Where(name => library._bundled.Files(name).Contains("classifier")))
            {
                library.AddBundled(name, locations, announce);
            }
        }

        return library._models.Count > 0
            ? library
            : throw new CertiPureException(
                $"There is no model to serve: {library._bundled.Folder} holds none; name one with --classifier and --data.");
    }

    /// <inheritdoc/>
    public BaseModel Load(string model, string purifier, double sigma)
    {
        (string classifier, PurifierChoice choice) = _choices[(model, purifier)];
        return Load(classifier, choice, sigma, _models.First(offer => offer.Name == model).Shape);
    }

    private void AddBundled(string name, DataLocations locations, Action<string> announce)
    {
        DataSet? set = Recipes.Catalog.DataSets.All.FirstOrDefault(
            set => name == set.Name || name.StartsWith(set.Name + "-", StringComparison.Ordinal));
        DataSetOffer? images = set is null ? null : Offer(set, locations);
        if (set is not null && images is null)
        {
            announce($"The data set {set.Name} is not on this machine, so the page shows no test images: {set.Advice}.");
        }

        var offers = new List<PurifierOffer>();
        IReadOnlyList<string> files = _bundled.Files(name);
        foreach ((string file, string method, string title, string summary) in BundledPurifiers.Where(p => files.Contains(p.File)))
        {
            offers.Add(new PurifierOffer(file, title, summary));
            _choices[(name, file)] = (name, new PurifierChoice(method, $"{name}/{file}"));
        }

        Add(name, name, offers, images, announce);
    }

    private void AddConfigured(string classifier, DataLocations locations, Action<string> announce)
    {
        if (_options.Data is not { } data)
        {
            throw new CertiPureException(
                "--classifier needs --data, whose images give the shape and the classes' names.", ErrorReason.InvalidArgument);
        }

        DataSet? set = Recipes.Catalog.DataSets.All.FirstOrDefault(set => set.Name == data);
        DataSetOffer images = (set is null ? OfPath(data, locations) : Offer(set, locations))
            ?? throw new CertiPureException($"The data set {data} is not on this machine: {set!.Advice}.", ErrorReason.DataMissing);
        string name = Path.GetFileNameWithoutExtension(classifier);
        var offers = new List<PurifierOffer>();
        foreach (string text in _options.Purifiers)
        {
            var choice = PurifierChoice.Parse(text);
            if (choice != PurifierChoice.None)
            {
                string offer = choice.ToString();
                offers.Add(new PurifierOffer(offer, offer, $"The purifier {choice.Method}."));
                _choices[(name, offer)] = (classifier, choice);
            }
        }

        Add(name, classifier, offers, images, announce);
    }

    private void Add(string name, string classifier, List<PurifierOffer> offers, DataSetOffer? images, Action<string> announce)
    {
        _choices[(name, NoPurifier.Name)] = (classifier, PurifierChoice.None);
        ImageShape? known = images?.Source.Shape;
        // Loaded once here, so that a damaged file is reported at the start and not to the first client.
        using BaseModel plain = Load(classifier, PurifierChoice.None, _options.DefaultSigma, known ?? new ImageShape(3, 32, 32));
        if (images is not null)
        {
            plain.Refuse(images.Source);
            CleanImageCheck? clean = plain.CheckClean(images.Source);
            announce(clean is null ? $"{name}: the images have no labels, so nothing shows whether the classifier is right." : $"{name}: {clean}");
            clean?.RefuseGuessing();
        }

        IReadOnlyList<string> classNames = images?.Source.ClassNames is { Count: > 0 } names
            ? names
            : [.. Enumerable.Range(0, plain.BaseClassifier.ClassCount).Select(
                label => string.Create(CultureInfo.InvariantCulture, $"class {label}"))];
        _models.Add(new ModelOffer(name, plain.BaseClassifier.Shape, classNames, [.. offers, NoPurifier], images?.Name));
    }

    private DataSetOffer? Offer(DataSet set, DataLocations locations)
    {
        DataSetOffer? offer = _dataSets.FirstOrDefault(known => known.Name == set.Name);
        if (offer is null && set.Find(locations) is { } folder)
        {
            offer = new DataSetOffer(set.Name, Title(set.Name), set.Open(folder, set.Splits[0]));
            _dataSets.Add(offer);
        }

        return offer;
    }

    private DataSetOffer OfPath(string path, DataLocations locations)
    {
        IImageSource source = Recipes.Catalog.DataSets.OpenAsync(path, new PictureOptions(), locations, _ => { }).GetAwaiter().GetResult();
        var offer = new DataSetOffer(source.Name, source.Name, source);
        _dataSets.Add(offer);
        return offer;
    }

    private BaseModel Load(string classifier, PurifierChoice purifier, double sigma, ImageShape shape) => ModelCatalog.Load(
        new ModelRequest(classifier, purifier, sigma, shape)
        {
            Precision = Choice.Parse<Precision>(_options.Precision, "precision"),
            Device = ComputeDevice.Parse(_options.Device),
            BatchSize = _options.BatchSize,
            Workers = _options.Workers,
            Threads = _options.Threads,
        },
        _bundled);

    private static string Title(string name) => name switch
    {
        "fashion-mnist" => "Fashion-MNIST",
        "cifar10" => "CIFAR-10",
        _ => name,
    };
}
