using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

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
