using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>Purification methods by the names of the command line.</summary>
public static class PurifierMethod
{
    /// <summary>The methods that need weights; <c>none</c> needs none and is not a purifier.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ddpm", "edm", "pf-ode", "consistency", "calibrated"];

    /// <summary>Makes a purifier of a denoiser, and takes the denoiser over.</summary>
    /// <param name="method">One of <see cref="Names"/>.</param>
    /// <param name="denoiser">The network with its preconditioning.</param>
    /// <param name="level">The level that the network is told.</param>
    /// <param name="precision">The format to compute in.</param>
    /// <param name="device">Where to compute; null for the processor.</param>
    /// <exception cref="CertiPureException">There is no such method, or the weights are another method's.</exception>
    public static TorchPurifier Create(
        string method,
        Denoiser denoiser,
        NoiseLevelRule level = NoiseLevelRule.Exact,
        Precision precision = Precision.Fp32,
        Device? device = null) => method switch
        {
            "ddpm" => new DdpmPurifier(denoiser, precision, device),
            "edm" => new EdmPurifier(denoiser, level, precision, device),
            "pf-ode" => new PfOdePurifier(denoiser, level, precision, device),
            "consistency" => new ConsistencyPurifier(denoiser, level, precision, device),
            "calibrated" => new CalibratedPurifier(denoiser, level, precision, device),
            _ => throw new CertiPureException(
                $"There is no purifier '{method}': choose none, {string.Join(", ", Names)}.", ErrorReason.InvalidArgument),
        };
}
