using CertiPure.Images;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>
/// How differently a classifier sees two images: the mean squared difference of its scores, as a share of the variance of the clean image's
/// scores over the classes, plus the mean squared difference of the pixels. A perceptual distance that needs no downloaded weights.
/// </summary>
internal sealed class ScoreDistance : nn.Module
{
    private readonly FrozenClassifier _classifier;

    private ScoreDistance(FrozenClassifier classifier)
        : base(nameof(ScoreDistance)) => _classifier = classifier;

    /// <summary>Loads the classifier.</summary>
    /// <param name="reference">As for <see cref="FrozenClassifier.Load"/>.</param>
    /// <param name="shape">The images' shape.</param>
    /// <exception cref="CertiPureException">It cannot be loaded, or has no gradients.</exception>
    public static ScoreDistance Load(string reference, ImageShape shape) => new(FrozenClassifier.Load(reference, shape));

    /// <summary>The distance.</summary>
    /// <param name="purified"><c>[N,C,H,W]</c> in network space.</param>
    /// <param name="clean">The same of the clean images.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor Between(Tensor purified, Tensor clean)
    {
        Tensor scores = _classifier.Classify((clean + 1) / 2).detach();
        Tensor difference = _classifier.Classify((purified + 1) / 2) - scores;
        Tensor variance = scores.var(1, unbiased: false).clamp_min(1e-6);
        return (difference.pow(2).mean([1]) / variance) + ImageDistance.L2(purified, clean);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _classifier.Dispose();
        }

        base.Dispose(disposing);
    }
}
