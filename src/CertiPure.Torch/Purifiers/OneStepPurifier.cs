using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>A purifier that calls its denoiser once: x = D(y, t).</summary>
public abstract class OneStepPurifier : TorchPurifier
{
    private readonly Denoiser _denoiser;
    private readonly NoiseLevelRule _level;

    private protected OneStepPurifier(Denoiser denoiser, NoiseLevelRule level, Precision precision, Device? device)
        : base(denoiser.Network.Shape, device ?? CPU)
    {
        if (denoiser.Network.LabelCount > 0)
        {
            throw new CertiPureException(
                $"The network is conditioned on {denoiser.Network.LabelCount} classes, and a purifier must not see the label: choose "
                + "an unconditional checkpoint.");
        }

        _denoiser = denoiser;
        _level = level;
        denoiser.eval();
        NetworkPrecision.Convert(denoiser, precision);
        denoiser.to(Device);
    }

    /// <inheritdoc/>
    public override int NetworkCalls(double sigma) => 1;

    /// <inheritdoc/>
    protected override Tensor Restore(Tensor noisy, double sigma)
    {
        // One level for the whole batch: its embedding is computed once, not once per image.
        Tensor t = tensor([(float)NetworkSpace.Level(sigma, _level)], device: Device);
        return _denoiser.Denoise(noisy, t);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _denoiser.Dispose();
        }
    }
}
