using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// Consistency regularization (Jeong and Shin 2020, equation 10): the mean cross-entropy of m noisy copies, plus
/// lambda * mean KL(mean prediction || each prediction), plus eta * entropy of the mean prediction. It trains a classifier for
/// smoothing and has nothing to do with consistency models.
/// </summary>
public sealed class ConsistencyRegularization : TrainingLoss
{
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly double _sigma;
    private readonly double _lambda;
    private readonly double _eta;
    private readonly int _copies;

    /// <summary>The loss.</summary>
    /// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <param name="lambda">20 at sigma .25, 10 at .5 and 1.</param>
    /// <param name="eta">.5.</param>
    /// <param name="copies">m, 2.</param>
    public ConsistencyRegularization(
        Func<Tensor, Tensor> classifier, double sigma, double lambda = 10, double eta = 0.5, int copies = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        ArgumentOutOfRangeException.ThrowIfNegative(lambda);
        ArgumentOutOfRangeException.ThrowIfNegative(eta);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 2);
        _classifier = classifier;
        _sigma = sigma;
        _lambda = lambda;
        _eta = eta;
        _copies = copies;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor[] logits =
        [
            .. Enumerable.Range(0, _copies).Select(_ =>
                _classifier(batch.Pixels + (_sigma * current.Random.Normal(batch.Pixels.shape)))),
        ];
        return PerImage(logits, batch.Labels);
    }

    /// <summary>The loss of given predictions.</summary>
    /// <param name="logits">m tensors <c>[N,K]</c>.</param>
    /// <param name="labels"><c>[N]</c>.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(IReadOnlyList<Tensor> logits, Tensor labels)
    {
        Tensor classification = stack(logits.Select(
            copy => nn.functional.cross_entropy(copy, labels, reduction: nn.Reduction.None))).mean([0]);
        Tensor logProbabilities = stack(logits.Select(copy => copy.log_softmax(1)));
        Tensor mean = logProbabilities.exp().mean([0]);
        Tensor logMean = mean.clamp_min(1e-20).log();
        Tensor divergence = (mean * (logMean - logProbabilities)).sum(-1).mean([0]);
        Tensor entropy = -(mean * logMean).sum(-1);
        return classification + (_lambda * divergence) + (_eta * entropy);
    }
}
