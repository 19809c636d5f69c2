using CertiPure.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>
/// The raw network F of a denoiser D(y,t) = c_skip y + c_out F(c_in y, c_noise) (method of Karras et al. 2022, equation 7).
/// <see cref="Denoiser"/> adds the scalings.
/// </summary>
public abstract class DiffusionNetwork : nn.Module
{
    /// <summary>A network of that name.</summary>
    protected DiffusionNetwork(string name)
        : base(name)
    {
    }

    /// <summary>The shape of the images that it takes and gives.</summary>
    public abstract ImageShape Shape { get; }

    /// <summary>The number of class labels that it is conditioned on, 0 if it takes none.</summary>
    public virtual int LabelCount => 0;

    /// <summary>Computes F.</summary>
    /// <param name="images">Scaled noisy images, <c>[N,C,H,W]</c>, in the type of the weights.</param>
    /// <param name="noise">c_noise, <c>[N]</c>, or <c>[1]</c> where all images have one level.</param>
    /// <param name="classLabels">One-hot classes, <c>[N,LabelCount]</c>, or null.</param>
    /// <param name="augmentLabels">Augmentation labels, <c>[N,A]</c>, or null.</param>
    /// <returns>F, with as many channels as the images.</returns>
    public abstract Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
