using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// Restores clean images from noisy ones. The signature takes no label: a purifier that saw the true label would void
/// every certificate.
/// </summary>
public interface IPurifier
{
    /// <summary>The method's name on the command line: <c>none</c>, <c>edm</c>, <c>consistency</c>, ...</summary>
    string Method { get; }

    /// <summary>Network evaluations per image at this noise level: 1 for one-step methods.</summary>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    int NetworkCalls(double sigma);

    /// <summary>Purifies a batch. Several threads may call it at once.</summary>
    /// <param name="noisy"><c>[N,C,H,W]</c> in pixel space: image + sigma * noise, unclipped.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns><c>[N,C,H,W]</c> in pixel space, about [0,1].</returns>
    ImageBatch Purify(ImageBatch noisy, double sigma);
}
