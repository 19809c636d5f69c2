using CertiPure.Torch.Training.Data;
using TorchSharp;
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

/// <summary>
/// Consistency regularization (Jeong and Shin 2020, equation 10) of a classifier's predictions on m noisy copies of each
/// image: their mean cross-entropy, plus lambda * mean KL(mean prediction || each prediction), plus eta * entropy of the mean
/// prediction. It has nothing to do with consistency models.
/// </summary>
public sealed class ConsistencyRegularization
{
    private readonly double _lambda;
    private readonly double _eta;

    /// <summary>The terms' weights.</summary>
    /// <param name="lambda">At least 0; 20 at sigma .25, 10 at .5 and 1.</param>
    /// <param name="eta">At least 0; .5.</param>
    /// <param name="copies">m: at least 1, and at least 2 where lambda is above 0.</param>
    public ConsistencyRegularization(double lambda, double eta = 0.5, int copies = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lambda);
        ArgumentOutOfRangeException.ThrowIfNegative(eta);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, lambda > 0 ? 2 : 1);
        _lambda = lambda;
        _eta = eta;
        Copies = copies;
    }

    /// <summary>No regularization: the cross-entropy of one noisy copy.</summary>
    public static ConsistencyRegularization None { get; } = new(lambda: 0, eta: 0, copies: 1);

    /// <summary>m, the noisy copies of each image.</summary>
    public int Copies { get; }

    /// <summary>The loss of given predictions.</summary>
    /// <param name="logits">m tensors <c>[N,K]</c>.</param>
    /// <param name="labels"><c>[N]</c>.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(IReadOnlyList<Tensor> logits, Tensor labels)
    {
        Tensor loss = stack(logits.Select(
            copy => nn.functional.cross_entropy(copy, labels, reduction: nn.Reduction.None))).mean([0]);
        if (_lambda == 0 && _eta == 0)
        {
            return loss;
        }

        var predictions = new NoisyPredictions(logits);
        return loss + (_lambda * predictions.Divergence()) + (_eta * predictions.MeanEntropy());
    }
}

/// <summary>What a classifier says of m noisy copies of each image.</summary>
internal sealed class NoisyPredictions
{
    private const double SmallestProbability = 1e-20;
    private readonly Tensor _logProbabilities;

    /// <summary>From m tensors of logits, <c>[N,K]</c> each.</summary>
    public NoisyPredictions(IEnumerable<Tensor> logits)
    {
        _logProbabilities = stack(logits.Select(copy => copy.log_softmax(1)));
        Each = _logProbabilities.exp();
        Mean = Each.mean([0]);
    }

    /// <summary>The probabilities of each copy, <c>[m,N,K]</c>.</summary>
    public Tensor Each { get; }

    /// <summary>Their mean over the copies, <c>[N,K]</c>.</summary>
    public Tensor Mean { get; }

    /// <summary>The mean over the copies of KL(mean || each), <c>[N]</c>.</summary>
    public Tensor Divergence() => (Mean * (LogMean() - _logProbabilities)).sum(-1).mean([0]);

    /// <summary>The entropy of the mean, <c>[N]</c>.</summary>
    public Tensor MeanEntropy() => -(Mean * LogMean()).sum(-1);

    private Tensor LogMean() => Mean.clamp_min(SmallestProbability).log();
}
