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
