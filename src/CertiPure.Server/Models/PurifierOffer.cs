namespace CertiPure.Server.Models;

/// <summary>A purifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Summary">What it does, in one line.</param>
public sealed record PurifierOffer(string Name, string Title, string Summary);
