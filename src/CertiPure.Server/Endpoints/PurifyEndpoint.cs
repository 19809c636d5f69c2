using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>POST /v1/purify</c>: an image, and a few draws of it noisy and purified, as pictures.</summary>
internal sealed class PurifyEndpoint(ImageRequestReader reader, Admission admission, ServerOptions options)
{
    private const int DefaultPictures = 5;

    public async Task HandleAsync(HttpContext context)
    {
        ulong seed = FreshSeed.Next();
        ImageRequest request = await reader.ReadAsync(context.Request, context.RequestAborted);
        var errors = new Dictionary<string, string>();
        int most = Math.Min(options.MaxPictures, request.Model.Queue.Classifier.BatchSize);
        int draws = request.Form.Integer("draws", Math.Min(DefaultPictures, most), 1, most, errors);
        InvalidFields.ThrowIfAny(errors);
        using IDisposable place = admission.Enter(draws);
        PurifyAnswer answer = await Task.Run(() => Draw(request, draws, new NoiseSource(seed)), context.RequestAborted);
        await context.Response.WriteAsJsonAsync(answer, ServerJson.Options, context.RequestAborted);
    }

    private static PurifyAnswer Draw(ImageRequest request, int draws, NoiseSource noise)
    {
        ImageShape shape = request.Image.Shape;
        float[] pixels = request.Image.ToPixels();
        var noisy = new ImageBatch(shape, draws);
        for (int draw = 0; draw < draws; draw++)
        {
            noise.AddNoise(pixels, request.Image.Id, NoisePhase.Display, draw, request.Model.Sigma, noisy[draw]);
        }

        (ImageBatch purified, int[] labels) = request.Model.Show(noisy);
        return new PurifyAnswer(
            new Shape(shape.Channels, shape.Height, shape.Width),
            PngImage.Encode(request.Image),
            [.. Enumerable.Range(0, draws).Select(draw => new DrawPicture(
                PngImage.Encode(shape, noisy[draw]),
                PngImage.Encode(shape, purified[draw]),
                labels[draw],
                request.Model.Offer.ClassNames[labels[draw]]))]);
    }
}
