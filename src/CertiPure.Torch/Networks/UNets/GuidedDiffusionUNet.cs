using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// The UNet of guided diffusion (Dhariwal and Nichol 2021), the denoiser of diffusion denoised smoothing on ImageNet
/// (<c>256x256_diffusion_uncond</c>). Its input is x_t, its time the step itself, its output the noise; the learnt variance is left out.
/// <see cref="DdpmPreconditioning"/> makes a denoiser of it.
/// </summary>
public sealed class GuidedDiffusionUNet : OpenAiUNet
{
    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public GuidedDiffusionUNet(OpenAiUNetOptions options)
        : base(
            nameof(GuidedDiffusionUNet),
            (options ?? throw new ArgumentNullException(nameof(options)))
                .Plan(options.NewAttentionOrder ? AttentionForm.QueriesFirst : AttentionForm.HeadsFirst))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<OpenAiUNetOptions>(
        nameof(GuidedDiffusionUNet), options => new GuidedDiffusionUNet(options));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null) =>
        Apply(images, noise, classLabels).narrow(1, 0, Shape.Channels);

    /// <inheritdoc/>
    public override GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise)
    {
        GraphValue output = WriteAt(graph, images, noise);
        return graph.Slice(output, 1, 0, Shape.Channels);
    }
}
