namespace CertiPure.Results;

/// <summary>How the classifier answered images without noise before a run began.</summary>
/// <param name="Right">The images that it got right.</param>
/// <param name="Labeled">The labelled images that it was asked.</param>
public sealed record CleanImages(int Right, int Labeled);
