using CertiPure.Images;
using CertiPure.Server.Models;
using CertiPure.Server.Uploads;

namespace CertiPure.Server.Certification;

/// <summary>What certify, predict and purify have in common: an image and the base classifier it goes to.</summary>
/// <param name="Form">The form, for the fields of each.</param>
/// <param name="Image">The image, in the model's shape.</param>
/// <param name="Origin">The image's data set, or <c>upload</c>.</param>
/// <param name="Split">The data set's split, or null.</param>
/// <param name="FreshSeed">A seed that was drawn before the image was read.</param>
/// <param name="Model">The model, purifier and noise level.</param>
internal sealed record ImageRequest(
    UploadForm Form, LabeledImage Image, string Origin, string? Split, ulong FreshSeed, QueuedModel Model);

/// <summary>Draws a seed that nobody can know beforehand.</summary>
internal delegate ulong SeedSource();
