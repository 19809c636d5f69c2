using CertiPure.Torch.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>What a run minimises: one small class per formula.</summary>
public abstract class TrainingLoss
{
    /// <summary>The loss of every image of a batch, to be averaged.</summary>
    /// <param name="batch">The augmented images.</param>
    /// <param name="current">Where the run is, and its randomness.</param>
    /// <returns><c>[N]</c>, differentiable in the trained network's parameters.</returns>
    public abstract Tensor PerImage(TrainingBatch batch, TrainingStep current);

    /// <summary>Called after every optimizer step, for losses whose target follows the trained network.</summary>
    /// <param name="stepsDone">Optimizer steps done.</param>
    /// <param name="steps">The run's length.</param>
    public virtual void AfterStep(long stepsDone, long steps)
    {
    }

    /// <summary>Tensors that change with training and are not the trained network's, such as a target's weights; saved and
    /// restored with the checkpoint.</summary>
    public virtual IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>();
}

/// <summary>D(y, t): a network with its preconditioning around it, as every loss of the paper writes it.</summary>
/// <param name="noisy">y, <c>[N,C,H,W]</c> in network space: x + t * noise.</param>
/// <param name="level">t, <c>[N]</c>, the noise level in network space (2 * sigma).</param>
/// <returns>The denoised images, <c>[N,C,H,W]</c> in network space, in 32-bit floats.</returns>
public delegate Tensor Denoise(Tensor noisy, Tensor level);
