using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>
/// Diffusion Calibration (after Jeong and Shin, NeurIPS 2023; this project's reading of it): the one-step denoiser is trained
/// through the frozen classifier on m noisy copies of each image. Where their mean prediction is right, the Brier loss
/// ||p - onehot||^2 / 2, averaged over copies, makes it consistent; where it is wrong, -lambda * mean KL(mean prediction || p) makes it
/// diverse, so that a wrong answer is not certified. A reconstruction term keeps the denoiser a denoiser.
/// </summary>
public sealed class CalibrationLoss : TrainingLoss
{
    private readonly Denoise _denoiser;
    private readonly Func<Tensor, Tensor> _classifier;
    private readonly NoiseLevels _levels;
    private readonly double _lambda;
    private readonly double _reconstructionWeight;
    private readonly int _copies;

    /// <summary>The loss.</summary>
    /// <param name="denoiser">The trained denoiser.</param>
    /// <param name="classifier">The frozen classifier, from <c>[N,C,H,W]</c> in pixel space to logits <c>[N,K]</c>.</param>
    /// <param name="levels">The levels t = 2 * sigma; all copies of an image share one.</param>
    /// <param name="lambda">The weight of diversity, at least 0.</param>
    /// <param name="reconstructionWeight">The weight of the mean squared distance to the clean image, at least 0.</param>
    /// <param name="copies">m, at least 2.</param>
    public CalibrationLoss(
        Denoise denoiser,
        Func<Tensor, Tensor> classifier,
        NoiseLevels levels,
        double lambda = 0.01,
        double reconstructionWeight = 1,
        int copies = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lambda);
        ArgumentOutOfRangeException.ThrowIfNegative(reconstructionWeight);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 2);
        _denoiser = denoiser;
        _classifier = classifier;
        _levels = levels;
        _lambda = lambda;
        _reconstructionWeight = reconstructionWeight;
        _copies = copies;
    }

    /// <inheritdoc/>
    public override Tensor PerImage(TrainingBatch batch, TrainingStep current)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(current);
        PurifiedCopies copies = PurifiedCopies.Draw(batch, _copies, _denoiser, _classifier, _levels, current.Random);
        return PerImage(copies.Logits, batch.Labels) + (_reconstructionWeight * copies.Reconstruction);
    }

    /// <summary>The calibration terms of given predictions.</summary>
    /// <param name="logits">m tensors <c>[N,K]</c>.</param>
    /// <param name="labels"><c>[N]</c>.</param>
    /// <returns><c>[N]</c>.</returns>
    public Tensor PerImage(IReadOnlyList<Tensor> logits, Tensor labels)
    {
        var predictions = new NoisyPredictions(logits);
        Tensor wanted = nn.functional.one_hot(labels, predictions.Mean.shape[1]).to(ScalarType.Float32);
        Tensor brier = (predictions.Each - wanted).square().sum(-1).mean([0]) / 2;
        return where(predictions.Mean.argmax(1).eq(labels), brier, -_lambda * predictions.Divergence());
    }
}
