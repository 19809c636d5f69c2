using CertiPure.Images;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

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
