using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// The UNet of improved diffusion (Nichol and Dhariwal 2021), the denoiser of the onestep-DDPM baseline. Its input is x_t, its
/// time the step rescaled to 0..1000, its output the noise; where a variance is learnt too, that is left out.
/// <see cref="DdpmPreconditioning"/> makes a denoiser of it.
/// </summary>
public sealed class ImprovedDiffusionUNet : OpenAiUNet
{
    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ImprovedDiffusionUNet(OpenAiUNetOptions options)
        : base(nameof(ImprovedDiffusionUNet), PlanOf(options ?? throw new ArgumentNullException(nameof(options))))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<OpenAiUNetOptions>(
        nameof(ImprovedDiffusionUNet), options => new ImprovedDiffusionUNet(options));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null) =>
        Apply(images, noise, classLabels).narrow(1, 0, Shape.Channels);

    /// <inheritdoc/>
    public override GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise)
    {
        GraphValue output = WriteAt(graph, images, noise);
        return graph.Slice(output, 1, 0, Shape.Channels);
    }

    // Its first convolution has the model's channels whatever the first multiple.
    private static UNetPlan PlanOf(OpenAiUNetOptions options) =>
        options.Plan(AttentionForm.HeadsFirst) with { FirstChannels = options.ModelChannels };
}
