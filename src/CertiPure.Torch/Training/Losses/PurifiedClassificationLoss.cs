using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Cross-entropy of a classifier on purified images, C(D(x + t n, t)): CLS-FT where the classifier is trained and the purifier
/// frozen, and, with a reconstruction term, joint fine-tuning where both are trained. Consistency regularization asks for the
/// same answer on several noisy copies.
/// </summary>
public sealed class PurifiedClassificationLoss : TrainingLoss
{
    private readonly Denoise _purifier;
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly NoiseLevels _levels;
    private readonly double _reconstructionWeight;
    private readonly ConsistencyRegularization _regularization;

    /// <summary>The loss.</summary>
    /// <param name="purifier">D; frozen or trained, as its parameters' <c>requires_grad</c> says.</param>
    /// <param name="classifier">From <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
    /// <param name="levels">The levels t = 2 * sigma; all copies of an image share one.</param>
    /// <param name="reconstructionWeight">The weight of the mean squared distance between purified and clean image, at least 0;
    /// above 0 in joint fine-tuning, so that the purifier stays one.</param>
    /// <param name="regularization">Null for none.</param>
    public PurifiedClassificationLoss(
        Denoise purifier,
        Func<Tensor, Tensor> classifier,
        NoiseLevels levels,
        double reconstructionWeight = 0,
        ConsistencyRegularization? regularization = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(reconstructionWeight);
        _purifier = purifier;
        _classifier = classifier;
        _levels = levels;
        _reconstructionWeight = reconstructionWeight;
        _regularization = regularization ?? ConsistencyRegularization.None;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        PurifiedCopies copies = PurifiedCopies.Draw(
            batch, _regularization.Copies, _purifier, _classifier, _levels, current.Random);
        Tensor loss = _regularization.PerImage(copies.Logits, batch.Labels);
        return _reconstructionWeight == 0 ? loss : loss + (_reconstructionWeight * copies.Reconstruction);
    }
}

/// <summary>Several noisy copies of a batch at one level per image, purified and classified: C(D(x + t n, t)).</summary>
/// <param name="Logits">m tensors <c>[N,K]</c>.</param>
/// <param name="Reconstruction">The mean over copies and pixels of (D - x)^2, <c>[N]</c>.</param>
internal sealed record PurifiedCopies(IReadOnlyList<Tensor> Logits, Tensor Reconstruction)
{
    /// <summary>Draws a level per image and the noise of every copy.</summary>
    /// <param name="batch">The clean images.</param>
    /// <param name="copies">m.</param>
    /// <param name="purifier">D.</param>
    /// <param name="classifier">C, from pixel space to logits.</param>
    /// <param name="levels">The levels t = 2 * sigma.</param>
    /// <param name="random">The step's randomness.</param>
    public static PurifiedCopies Draw(
        TrainingBatch batch,
        int copies,
        Denoise purifier,
        Func<Tensor, Tensor> classifier,
        NoiseLevels levels,
        TrainingRandom random)
    {
        Tensor x = batch.NetworkSpace;
        Tensor t = levels.Draw(x.shape[0], random);
        Tensor[] purified =
        [
            .. Enumerable.Range(0, copies).Select(_ =>
                purifier(x + (t.view(-1, 1, 1, 1) * random.Normal(x.shape)), t)),
        ];
        return new PurifiedCopies(
            [.. purified.Select(copy => classifier((copy + 1) / 2))],
            stack(purified.Select(copy => ImageDistance.L2(copy, x))).mean([0]));
    }
}
