using CertiPure.Onnx.Graph;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>
/// diffusers' unconditional UNet, <c>UNet2DModel</c>. Layer for layer it is <see cref="OpenAiUNet"/> under other names
/// (<see cref="UNet2DModelNames"/>). Which preconditioning it serves with is said by its pipeline's scheduler.
/// </summary>
public sealed class UNet2DModel : OpenAiUNet
{
    private readonly UNet2DModelOptions _options;

    /// <summary>A network with weights to be drawn or loaded.</summary>
    /// <param name="options">Its shape.</param>
    /// <exception cref="ArgumentException">An option is impossible, or not supported.</exception>
    public UNet2DModel(UNet2DModelOptions options)
        : base(nameof(UNet2DModel), (options ?? throw new ArgumentNullException(nameof(options))).Plan()) => _options = options;

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<UNet2DModelOptions>(
        nameof(UNet2DModel), options => new UNet2DModel(options)) with
    {
        Import = (checkpoint, arguments) =>
            UNet2DModelNames.Of(ArchitectureArguments.Read<UNet2DModelOptions>(arguments).Plan()).FromDiffusers(checkpoint),
    };

    /// <summary>What the time input is to that of its preconditioning.</summary>
    internal double TimeScale => _options.TimeScale;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null) =>
        Apply(images, noise * _options.TimeScale, classLabels).narrow(1, 0, Shape.Channels);

    /// <inheritdoc/>
    public override GraphValue Write(GraphBuilder graph, GraphValue images, Tensor noise)
    {
        using Tensor times = noise * _options.TimeScale;
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Slice(WriteAt(graph, images, times), 1, 0, Shape.Channels);
    }
}
