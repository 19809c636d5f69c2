namespace CertiPure.Server.Contracts;

/// <summary>One draw as pictures; pixels outside [0,1] are clipped for display.</summary>
/// <param name="Noisy">The image with noise, PNG.</param>
/// <param name="Purified">What the purifier makes of it, PNG.</param>
/// <param name="Label">The class that the classifier gives it.</param>
/// <param name="ClassName">Its name.</param>
public sealed record DrawPicture(byte[] Noisy, byte[] Purified, int Label, string ClassName);
