using CertiPure.Images;

namespace CertiPure.Server.Models;

/// <summary>A data set on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Source">Its images; reading them is safe from several threads.</param>
public sealed record DataSetOffer(string Name, string Title, IImageSource Source);
