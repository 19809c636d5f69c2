using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>POST /v1/purify</c>: an image, and a few draws of it noisy and purified, as pictures.</summary>
internal sealed class PurifyEndpoint(ImageRequestReader reader, Admission admission, ServerOptions options) : IDisposable
{
    /// <summary>How many take turns on the device at once. They go past the equal shares of the queues, so many of them would hold up
    /// the certifications.</summary>
    internal const int MaximumAtOnce = 2;

    private const int DefaultPictures = 5;
    private const string PictureType = "image/png";

    private readonly SemaphoreSlim _places = new(MaximumAtOnce);

    public async Task HandleAsync(HttpContext context)
    {
        using Admission.Place place = admission.Enter();
        ImageRequest request = await reader.ReadAsync(context.Request, ApiTexts.Purify.Form, context.RequestAborted);
        var errors = new Dictionary<string, string>();
        int batch = request.Model.Queue.Classifier.BatchSize;
        int most = Math.Min(options.MaxPictures, batch);
        int draws = request.Form.Integer("draws", Math.Min(DefaultPictures, most), 1, most, errors);
        InvalidFields.ThrowIfAny(errors);
        // However few the draws, the classifier runs a whole batch, and then the purifier the draws alone.
        place.Promise(batch + draws);
        Purification shown = await DrawAsync(request, draws, new NoiseSource(request.FreshSeed), context.RequestAborted);
        if (IsPictureWanted(context.Request))
        {
            context.Response.ContentType = PictureType;
            await context.Response.Body.WriteAsync(Picture(request, shown), context.RequestAborted);
            return;
        }

        await context.Response.WriteAsJsonAsync(Answer(request, shown), ServerJson.Options, context.RequestAborted);
    }

    public void Dispose() => _places.Dispose();

    private static bool IsPictureWanted(HttpRequest request) => request.GetTypedHeaders().Accept.Any(
        type => type.MediaType.Equals(PictureType, StringComparison.OrdinalIgnoreCase));

    private async Task<Purification> DrawAsync(ImageRequest request, int draws, NoiseSource noise, CancellationToken aborted)
    {
        await _places.WaitAsync(aborted);
        try
        {
            ImageBatch noisy = Noisy(request, draws, noise);
            (ImageBatch purified, int[] labels) = await request.Model.ShowAsync(noisy, aborted);
            return new Purification(noisy, purified, [.. labels.Select(label => (label, request.Model.Offer.ClassNames[label]))]);
        }
        finally
        {
            _places.Release();
        }
    }

    private static ImageBatch Noisy(ImageRequest request, int draws, NoiseSource noise)
    {
        float[] pixels = request.Image.ToPixels();
        var noisy = new ImageBatch(request.Image.Shape, draws);
        for (int draw = 0; draw < draws; draw++)
        {
            noise.AddNoise(pixels, request.Image.Id, NoisePhase.Display, draw, request.Model.Sigma, noisy[draw]);
        }

        return noisy;
    }

    private static PurifyAnswer Answer(ImageRequest request, Purification shown)
    {
        ImageShape shape = request.Image.Shape;
        return new PurifyAnswer(
            new Shape(shape.Channels, shape.Height, shape.Width),
            PngImage.Encode(request.Image),
            [.. shown.Labels.Select((label, draw) => new DrawPicture(
                PngImage.Encode(shape, shown.Noisy[draw]),
                PngImage.Encode(shape, shown.Purified[draw]),
                label.Label,
                label.Name))]);
    }

    /// <summary>One picture as <c>certipure purify</c> draws it: a column per draw, headed by the class it was given.</summary>
    private static byte[] Picture(ImageRequest request, Purification shown)
    {
        int draws = shown.Labels.Count;
        var rows = new List<GridRow> { Row("noisy", draw => GridTile.Of(shown.Noisy, draw)) };
        if (request.Model.Loaded.PurifierNetwork is { } purifier)
        {
            rows.Add(Row(purifier.Method, draw => GridTile.Of(shown.Purified, draw)));
        }

        rows.Add(Row("clean", _ => GridTile.Of(request.Image)));
        return new ImageGrid(rows, [.. shown.Labels.Select(label => label.Name)]).ToPng();

        GridRow Row(string name, Func<int, GridTile> tile) => new(name, [.. Enumerable.Range(0, draws).Select(tile)]);
    }

    private sealed record Purification(ImageBatch Noisy, ImageBatch Purified, IReadOnlyList<(int Label, string Name)> Labels);
}
