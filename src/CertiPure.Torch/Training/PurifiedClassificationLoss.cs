using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// Cross-entropy of a classifier on purified images, C(D(x + t n, t)): CLS-FT where the classifier is trained and the purifier
/// frozen, and, with a reconstruction term, joint fine-tuning where both are trained.
/// </summary>
public sealed class PurifiedClassificationLoss : TrainingLoss
{
    private readonly Denoise _purifier;
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly NoiseLevels _levels;
    private readonly double _reconstructionWeight;

    /// <summary>The loss.</summary>
    /// <param name="purifier">D; frozen or trained, as its parameters' <c>requires_grad</c> says.</param>
    /// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
    /// <param name="levels">The levels t = 2 * sigma.</param>
    /// <param name="reconstructionWeight">The weight of the mean squared distance between purified and clean image, at least 0;
    /// above 0 in joint fine-tuning, so that the purifier stays one.</param>
    public PurifiedClassificationLoss(
        Denoise purifier, Func<Tensor, Tensor> classifier, NoiseLevels levels, double reconstructionWeight = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reconstructionWeight);
        _purifier = purifier;
        _classifier = classifier;
        _levels = levels;
        _reconstructionWeight = reconstructionWeight;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor x = batch.NetworkSpace;
        Tensor t = _levels.Draw(x.shape[0], current.Random);
        Tensor purified = _purifier(x + (t.view(-1, 1, 1, 1) * current.Random.Normal(x.shape)), t);
        Tensor loss = nn.functional.cross_entropy(
            _classifier((purified + 1) / 2), batch.Labels, reduction: nn.Reduction.None);
        return _reconstructionWeight == 0 ? loss : loss + (_reconstructionWeight * ImageDistance.L2(purified, x));
    }
}
