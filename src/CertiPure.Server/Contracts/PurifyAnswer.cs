namespace CertiPure.Server.Contracts;

/// <summary>An image and a few of its draws, as pictures.</summary>
/// <param name="Shape">The images' shape.</param>
/// <param name="Image">The image.</param>
/// <param name="Draws">The draws.</param>
public sealed record PurifyAnswer(Shape Shape, byte[] Image, IReadOnlyList<DrawPicture> Draws);

/// <summary>One draw as pictures; pixels outside [0,1] are clipped for display.</summary>
/// <param name="Noisy">The image with noise, PNG.</param>
/// <param name="Purified">What the purifier makes of it, PNG.</param>
/// <param name="Label">The class that the classifier gives it.</param>
/// <param name="ClassName">Its name.</param>
public sealed record DrawPicture(byte[] Noisy, byte[] Purified, int Label, string ClassName);

/// <summary>The smoothed classifier's answer for an image.</summary>
/// <param name="Predicted">The class, or null for an abstention.</param>
/// <param name="ClassName">Its name.</param>
/// <param name="Votes">Votes per class.</param>
/// <param name="PValue">The two-sided p-value of the top class against the runner-up.</param>
/// <param name="Alpha">The probability with which the answer may be wrong; a larger p-value means abstention.</param>
/// <param name="Seed">The noise's seed.</param>
public sealed record PredictAnswer(
    int? Predicted, string? ClassName, IReadOnlyList<int> Votes, double PValue, double Alpha, ulong Seed);
