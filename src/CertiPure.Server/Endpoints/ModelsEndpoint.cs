using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Runs;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>GET /v1/models</c> and the data sets' images: what there is to choose from.</summary>
internal sealed class ModelsEndpoint(IModelLibrary library, ModelWarmup warmup, TypicalImages typical, ServerOptions options)
{
    private static readonly (string Name, int N)[] UsualBudgets = [("Quick", 500), ("Standard", 1000), ("Thorough", 10_000)];

    public ModelsAnswer Models() => new(
        Certifier.Version,
        [.. library.Models.Select(model => new ModelDescription(
            model.Name,
            Describe(model.Shape),
            model.ClassNames,
            options.Sigmas,
            [.. model.Purifiers.Select(purifier => new PurifierDescription(
                purifier.Name, purifier.Title, purifier.Summary, warmup.DrawsPerSecond(model.Name, purifier.Name)))],
            model.DataSet))],
        [.. library.DataSets.Select(set => new DataSetDescription(
            set.Name, set.Title, set.Source.Split, set.Source.Count, Describe(set.Source.Shape), typical.Of(set)))],
        [.. UsualBudgets.Where(budget => budget.N <= options.MaxDraws)
            .Select(budget => new Budget(budget.Name, budget.N, Ceiling(budget.N)))],
        SamplingPlans.Names,
        CertifySettings.Bounds,
        new Defaults(
            options.DefaultSigma,
            Math.Min(CertifySettings.DefaultSelectionDraws, options.MaxSelectionDraws),
            Math.Min(CertifySettings.DefaultDraws, options.MaxDraws),
            CertifySettings.DefaultAlpha),
        new Limits(
            options.MaxUploadBytes,
            options.MaxImagePixels,
            options.MaxSelectionDraws,
            options.MaxDraws,
            options.MinAlpha,
            options.MaxAlpha,
            options.MaxPictures,
            options.AllowClientSeed));

    public IResult Image(string name, int id)
    {
        IImageSource? source = library.DataSets.FirstOrDefault(set => set.Name == name)?.Source;
        if (source is null || id < 0 || id >= source.Count)
        {
            throw RequestException.NotFound("There is no such image; see /v1/models for the data sets and their sizes.");
        }

        LabeledImage image = source.Read(id);
        return TypedResults.Bytes(PngImage.Encode(image), "image/png");
    }

    private static double Ceiling(int n) =>
        BinomialBound.Radius(BinomialBound.Lower(n, n, CertifySettings.DefaultAlpha), sigma: 1);

    private static Shape Describe(ImageShape shape) => new(shape.Channels, shape.Height, shape.Width);
}
