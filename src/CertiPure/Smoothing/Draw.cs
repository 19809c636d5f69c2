namespace CertiPure.Smoothing;

/// <summary>One draw of noise for an image.</summary>
/// <param name="Phase">What it is for.</param>
/// <param name="Index">Its number within the phase, from 0.</param>
public readonly record struct Draw(NoisePhase Phase, int Index);
