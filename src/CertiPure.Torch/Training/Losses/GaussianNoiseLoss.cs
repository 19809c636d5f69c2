using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>Gaussian-noise training (Cohen et al. 2019, section 3.3): cross-entropy of the classifier on x + sigma n; with
/// consistency regularization on several such copies (Jeong and Shin 2020).</summary>
public sealed class GaussianNoiseLoss : TrainingLoss
{
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly double _sigma;
    private readonly ConsistencyRegularization _regularization;

    /// <summary>The loss.</summary>
    /// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="regularization">Null for none.</param>
    public GaussianNoiseLoss(
        Func<Tensor, Tensor> classifier, double sigma, ConsistencyRegularization? regularization = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        _classifier = classifier;
        _sigma = sigma;
        _regularization = regularization ?? ConsistencyRegularization.None;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor[] logits =
        [
            .. Enumerable.Range(0, _regularization.Copies).Select(_ =>
                _classifier(batch.Pixels + (_sigma * current.Random.Normal(batch.Pixels.shape)))),
        ];
        return _regularization.PerImage(logits, batch.Labels);
    }
}
