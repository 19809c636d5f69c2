using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Imaging;

/// <summary>What the framework figure shows: one certified image and some of its draws.</summary>
/// <param name="Image">The image.</param>
/// <param name="Sigma">The noise level in pixel space.</param>
/// <param name="Alpha">The probability with which the certificate may be wrong.</param>
/// <param name="Method">How it was purified, as people say it.</param>
/// <param name="Noisy">At least three noisy copies.</param>
/// <param name="Purified">The same copies purified, in the same order.</param>
/// <param name="Certificate">The image's certificate.</param>
/// <param name="ClassNames">The classes' names in label order; may be empty.</param>
public sealed record PipelineExample(
    LabeledImage Image,
    double Sigma,
    double Alpha,
    string Method,
    IReadOnlyList<GridTile> Noisy,
    IReadOnlyList<GridTile> Purified,
    Certificate Certificate,
    IReadOnlyList<string> ClassNames);
