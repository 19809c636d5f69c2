using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Trains the selection network of certified routing (ACES, Horvath et al. 2022): cross-entropy of the selector on x + sigma n, or on
/// what a purifier makes of it. The label is 1 where the frozen classifier to be smoothed gives the right class for the very same
/// draw, else 0. The classes are those of the authors' code (0 leaves the draw to the core, 1 to the smoothed model); the labels are
/// this project's choice, for that code does not include the selector's training.
/// </summary>
public sealed class SelectionLoss : TrainingLoss
{
    private readonly Func<Tensor, Tensor> _selector;
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly double _sigma;
    private readonly Denoise? _purifier;

    /// <summary>The loss.</summary>
    /// <param name="selector">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,2]</c>: the network in training.</param>
    /// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>; no gradient reaches it.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="purifier">D, before both networks; null for none. No gradient reaches it.</param>
    public SelectionLoss(
        Func<Tensor, Tensor> selector, Func<Tensor, Tensor> classifier, double sigma, Denoise? purifier = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        _selector = selector;
        _classifier = classifier;
        _sigma = sigma;
        _purifier = purifier;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        Tensor seen = batch.Pixels + (_sigma * current.Random.Normal(batch.Pixels.shape)), isRight;
        using (no_grad())
        {
            if (_purifier is not null)
            {
                Tensor level = full([seen.shape[0]], 2 * _sigma, device: seen.device);
                seen = NetworkSpace.ToPixels(_purifier(NetworkSpace.FromPixels(seen), level));
            }

            isRight = _classifier(seen).argmax(1).eq(batch.Labels).to(ScalarType.Int64);
        }

        return nn.functional.cross_entropy(_selector(seen), isRight, reduction: nn.Reduction.None);
    }
}
