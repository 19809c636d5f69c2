using CertiPure.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>
/// Purifier and classifier as one base classifier: the images go to the device once, and only scores come back.
/// </summary>
public sealed class TorchBaseClassifier : BaseClassifier
{
    private readonly TorchPurifier? _purifier;
    private readonly TorchClassifier _classifier;

    /// <summary>Joins the two; neither is taken over.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing.</param>
    /// <param name="classifier">The classifier.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="batchSize">The fixed batch size, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or the batch size is not positive.</exception>
    /// <exception cref="CertiPureException">The two take images of different shapes.</exception>
    public TorchBaseClassifier(TorchPurifier? purifier, TorchClassifier classifier, double sigma, int batchSize = 64)
        : base(
            (classifier ?? throw new ArgumentNullException(nameof(classifier))).Shape, classifier.ClassCount, sigma, batchSize)
    {
        if (purifier is not null && purifier.Shape != classifier.Shape)
        {
            throw new CertiPureException(
                $"The purifier takes images of {purifier.Shape} and the classifier images of {classifier.Shape}: choose two that fit.");
        }

        _purifier = purifier;
        _classifier = classifier;
    }

    /// <inheritdoc/>
    protected override float[] ComputeScores(ImageBatch noisy)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        Tensor pixels = PixelTensor.Upload(noisy, _classifier.Device);
        Tensor purified = _purifier is null ? pixels : _purifier.Purify(pixels, Sigma);
        return PixelTensor.Download(_classifier.Logits(purified));
    }
}
