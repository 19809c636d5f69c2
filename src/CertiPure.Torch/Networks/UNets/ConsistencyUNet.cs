using CertiPure.Onnx.Graph;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The UNet of OpenAI's consistency models (Song et al. 2023; after Dhariwal and Nichol 2021), published for
/// ImageNet-64. It serves with EDM's and the consistency models' scalings.</summary>
public sealed class ConsistencyUNet : OpenAiUNet
{
    // The published networks were trained on time steps up to 1000, and kept that scale for ln(t) / 4.
    internal const double TimeScale = 1000;

    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ConsistencyUNet(OpenAiUNetOptions options)
        : base(nameof(ConsistencyUNet), (options ?? throw new ArgumentNullException(nameof(options))).Plan(AttentionForm.QueriesFirstOverPixels))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<OpenAiUNetOptions>(
        nameof(ConsistencyUNet), options => new ConsistencyUNet(options));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null) =>
        Apply(images, noise * TimeScale, classLabels);

    /// <inheritdoc/>
    public override GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise) => WriteAt(graph, images, noise * TimeScale);
}
