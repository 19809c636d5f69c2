using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>POST /v1/predict</c>: the smoothed classifier's class for an image, without a radius.</summary>
internal sealed class PredictEndpoint(
    ImageRequestReader reader, Admission admission, Certifier certifier, ServerOptions options)
{
    public async Task HandleAsync(HttpContext context)
    {
        using Admission.Place place = admission.Enter();
        ImageRequest request = await reader.ReadAsync(context.Request, ApiTexts.Predict.Form, context.RequestAborted);
        var errors = new Dictionary<string, string>();
        int n = request.Form.Integer(
            "n", Math.Min(CertifySettings.DefaultDraws, options.MaxDraws), 1, options.MaxDraws, errors);
        double alpha = request.Form.Number("alpha", CertifySettings.DefaultAlpha, options.MinAlpha, options.MaxAlpha, errors);
        InvalidFields.ThrowIfAny(errors);
        place.Promise(n);
        var sampling = new Sampling(
            request.Image, request.Model.Queue.Classifier.ClassCount, NoisePhase.Prediction, n, new NoiseSource(request.FreshSeed));
        await certifier.RunAsync(request.Model, sampling, null, context.RequestAborted);
        var prediction = Prediction.From(request.Image.Id, request.Image.Label, sampling.Votes, alpha);
        string? className = prediction.Predicted is { } label ? request.Model.Offer.ClassNames[label] : null;
        await context.Response.WriteAsJsonAsync(
            new PredictAnswer(prediction.Predicted, className, prediction.Votes, prediction.PValue, alpha, request.FreshSeed),
            ServerJson.Options,
            context.RequestAborted);
    }
}
