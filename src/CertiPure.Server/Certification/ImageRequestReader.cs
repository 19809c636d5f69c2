using CertiPure.Images;
using CertiPure.Server.Endpoints;
using CertiPure.Server.Hosting;
using CertiPure.Server.Models;
using CertiPure.Server.Uploads;

namespace CertiPure.Server.Certification;

/// <summary>Reads the image requests of certify, predict and purify.</summary>
internal sealed class ImageRequestReader(
    UploadReader uploads, BoundedDecoder decoder, IModelLibrary library, ModelQueues queues, ServerOptions options, SeedSource seeds)
{
    public async Task<ImageRequest> ReadAsync(
        HttpRequest request, IReadOnlyList<ApiField> fields, CancellationToken cancellationToken)
    {
        // Before the image is read: who knew the seed could craft the image to the noise.
        ulong seed = seeds();
        UploadForm form = await uploads.ReadFormAsync(request, fields, cancellationToken);
        (ModelOffer model, string purifier, double sigma) = Choose(form);
        (LabeledImage image, string origin, string? split) = await ImageAsync(form, cancellationToken);
        LabeledImage fitted = ImageFit.ToShape(image, model.Shape);
        return new ImageRequest(form, fitted, origin, split, seed, await queues.GetAsync(model.Name, purifier, sigma));
    }

    private (ModelOffer Model, string Purifier, double Sigma) Choose(UploadForm form)
    {
        var errors = new Dictionary<string, string>();
        if (library.Models.Count == 0)
        {
            throw RequestException.NotFound("The service has no model.");
        }

        ModelOffer model = library.Models[0];
        if (form.Text("model") is { } name)
        {
            model = library.Models.FirstOrDefault(each => each.Name == name) ?? model;
            Require(model.Name == name, "model", "is not on offer; see /v1/models");
        }

        string purifier = form.Text("purifier") ?? model.Purifiers[0].Name;
        Require(model.Purifiers.Any(each => each.Name == purifier), "purifier", "is not on offer for this model; see /v1/models");
        double sigma = form.OneOf("sigma", options.DefaultSigma, options.Sigmas, errors);
        InvalidFields.ThrowIfAny(errors);
        return (model, purifier, sigma);

        void Require(bool condition, string field, string message)
        {
            if (!condition)
            {
                errors[field] = message;
            }
        }
    }

    private async Task<(LabeledImage Image, string Origin, string? Split)> ImageAsync(
        UploadForm form, CancellationToken cancellationToken)
    {
        if (form.File is { } file)
        {
            return form.Text("dataSet") is null && form.Text("imageId") is null
                ? (await decoder.DecodeAsync(file, cancellationToken), "upload", null)
                : throw RequestException.BadRequest("Send either an image or dataSet and imageId, not both.");
        }

        if (form.Text("dataSet") is not { } name)
        {
            throw RequestException.BadRequest("Send an image, or dataSet and imageId.");
        }

        IImageSource source = library.DataSets.FirstOrDefault(set => set.Name == name)?.Source
            ?? throw RequestException.BadRequest("There is no such data set here; see /v1/models.");
        var errors = new Dictionary<string, string>();
        int id = form.Integer("imageId", -1, 0, source.Count - 1, errors);
        if (id < 0 && errors.Count == 0)
        {
            errors["imageId"] = "is missing";
        }

        InvalidFields.ThrowIfAny(errors);
        return (source.Read(id), source.Name, source.Split);
    }
}
