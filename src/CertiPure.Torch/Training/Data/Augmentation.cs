using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Data;

/// <summary>Label-preserving changes of training images, drawn anew for every image.</summary>
/// <param name="Flip">Whether to mirror left and right with probability 1/2; only where a mirrored image means the same.</param>
/// <param name="Shift">The largest shift in pixels, in each direction, uniform; what enters at the border is the border's
/// own value, repeated.</param>
public sealed record Augmentation(bool Flip = false, int Shift = 0)
{
    /// <summary>Augments a batch.</summary>
    /// <param name="pixels"><c>[N,C,H,W]</c>.</param>
    /// <param name="random">The step's randomness.</param>
    /// <returns>A tensor of the same shape.</returns>
    public Tensor Apply(Tensor pixels, TrainingRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        long count = pixels.shape[0], height = pixels.shape[2], width = pixels.shape[3];
        if (Shift > 0)
        {
            Tensor rows = ShiftedPositions(random, count, height);
            Tensor columns = ShiftedPositions(random, count, width);
            pixels = pixels
                .gather(2, rows.view(count, 1, height, 1).expand(pixels.shape))
                .gather(3, columns.view(count, 1, 1, width).expand(pixels.shape));
        }

        if (Flip)
        {
            Tensor mirrored = random.Uniform(count, 1, 1, 1) < 0.5;
            pixels = where(mirrored, pixels.flip(3), pixels);
        }

        return pixels;
    }

    private Tensor ShiftedPositions(TrainingRandom random, long count, long length)
    {
        Tensor shift = random.Integers((2 * Shift) + 1, count, 1) - Shift;
        return (arange(length, dtype: ScalarType.Int64, device: shift.device).unsqueeze(0) + shift).clamp(0, length - 1);
    }
}
