namespace CertiPure.Server.Contracts;

/// <summary>An image and a few of its draws, as pictures.</summary>
/// <param name="Shape">The images' shape.</param>
/// <param name="Image">The image.</param>
/// <param name="Draws">The draws.</param>
public sealed record PurifyAnswer(Shape Shape, byte[] Image, IReadOnlyList<DrawPicture> Draws);
