using CertiPure.Torch.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>Cross-entropy of a classifier on clean images: the off-the-shelf classifier that purification needs.</summary>
/// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
/// <param name="labelSmoothing">The share of the target that is spread over all classes, 0 to 1.</param>
public sealed class ClassificationLoss(Func<Tensor, Tensor> classifier, double labelSmoothing = 0) : TrainingLoss
{
    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return nn.functional.cross_entropy(
            classifier(batch.Pixels), batch.Labels, reduction: nn.Reduction.None, label_smoothing: labelSmoothing);
    }
}
