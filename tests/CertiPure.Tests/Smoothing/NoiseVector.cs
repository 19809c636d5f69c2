using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>Published noise: the bits of the first noisy pixels of a uniform image.</summary>
public sealed record NoiseVector(
    ulong Seed, int ImageId, NoisePhase Phase, int Draw, NoiseKind Kind, double Sigma, int Pixel, params uint[] Bits);
