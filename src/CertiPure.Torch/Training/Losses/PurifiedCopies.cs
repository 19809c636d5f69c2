using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

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
