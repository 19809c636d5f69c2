namespace CertiPure.Server.Contracts;

/// <summary>A picture at a certificate's distance from its image.</summary>
/// <param name="Kind"><c>spread</c> over all pixels or <c>gathered</c> in a few.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Distance">Its L2 distance: the largest that 8-bit values allow inside the radius.</param>
/// <param name="Visibility">What an eye makes of its largest change: <c>too small to see</c>, <c>hard to see</c> or
/// <c>visible</c>.</param>
/// <param name="Png">The picture.</param>
public sealed record ExamplePicture(string Kind, string Caption, double Distance, string Visibility, byte[] Png);
