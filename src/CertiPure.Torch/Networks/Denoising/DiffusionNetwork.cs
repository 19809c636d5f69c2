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

/// <summary>A class-conditional network that is given one and the same class for every image, so that it can be a purifier: what it does
/// depends on the noisy image alone, and never on the image's true label.</summary>
internal sealed class FixedLabelNetwork : DiffusionNetwork
{
    private readonly DiffusionNetwork _network;

    /// <summary>Fixes the class.</summary>
    /// <param name="network">The class-conditional network.</param>
    /// <param name="label">The class, 0 to <see cref="DiffusionNetwork.LabelCount"/> - 1.</param>
    public FixedLabelNetwork(DiffusionNetwork network, int label)
        : base($"{network.GetName()} conditioned on class {label}")
    {
        _network = network;
        var oneHot = new float[network.LabelCount];
        oneHot[label] = 1;
        register_module("network", network);
        register_buffer("label", tensor(oneHot, [1, oneHot.Length]));
    }

    /// <inheritdoc/>
    public override ImageShape Shape => _network.Shape;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null) =>
        classLabels is null
            ? _network.Forward(images, noise, get_buffer("label"), augmentLabels)
            : throw new ArgumentException("The network's class is fixed.", nameof(classLabels));
}
