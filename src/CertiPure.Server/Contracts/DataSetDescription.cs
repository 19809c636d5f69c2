namespace CertiPure.Server.Contracts;

/// <summary>A data set on offer; its images are at <c>/v1/datasets/{name}/images/{id}</c>.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Split">The split, <c>test</c> as a rule.</param>
/// <param name="Count">The number of images; ids run from 0 to one less.</param>
/// <param name="Shape">The shape of each image.</param>
/// <param name="Typical">What most of its images are like.</param>
public sealed record DataSetDescription(string Name, string Title, string? Split, int Count, Shape Shape, Typical Typical);
