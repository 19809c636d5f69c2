using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

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
