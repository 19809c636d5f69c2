using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>A purifier that calls its denoiser once: x = D(y, t).</summary>
public abstract class OneStepPurifier : TorchPurifier
{
    private readonly NoiseLevelRule _level;

    private protected OneStepPurifier(Denoiser denoiser, NoiseLevelRule level, Precision precision, Device? device)
        : base(denoiser, precision, device) => _level = level;

    /// <inheritdoc/>
    public override int NetworkCalls(double sigma) => 1;

    /// <inheritdoc/>
    protected override Tensor Restore(Tensor noisy, double sigma) => Denoise(noisy, NetworkSpace.Level(sigma, _level));

    private protected override GraphValue Restore(GraphBuilder graph, GraphValue noisy, double sigma) =>
        Denoise(graph, noisy, NetworkSpace.Level(sigma, _level));
}
