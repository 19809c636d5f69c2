using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>Gaussian-noise training (Cohen et al. 2019, section 3.3): cross-entropy of the classifier on x + sigma n.</summary>
/// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
/// <param name="sigma">The noise level in pixel space.</param>
public sealed class GaussianNoiseLoss(Func<Tensor, Tensor> classifier, double sigma) : TrainingLoss
{
    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor noisy = batch.Pixels + (sigma * current.Random.Normal(batch.Pixels.shape));
        return nn.functional.cross_entropy(classifier(noisy), batch.Labels, reduction: nn.Reduction.None);
    }
}
