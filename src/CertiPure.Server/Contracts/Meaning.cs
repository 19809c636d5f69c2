namespace CertiPure.Server.Contracts;

/// <summary>What a certificate's distance means.</summary>
/// <param name="Sentence">In words.</param>
/// <param name="PerValue">The change of every value that together has this L2 norm, in pixel space [0,1].</param>
/// <param name="Examples">Pictures at that distance from the image.</param>
public sealed record Meaning(string Sentence, double PerValue, IReadOnlyList<ExamplePicture> Examples);
