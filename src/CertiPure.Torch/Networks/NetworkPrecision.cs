using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>Converts a network for inference.</summary>
public static class NetworkPrecision
{
    /// <summary>The precisions that networks on TorchSharp can have.</summary>
    public static IReadOnlyList<Precision> Supported { get; } = [Precision.Fp32, Precision.Bf16];

    /// <summary>
    /// Converts a network's weights. Normalisation layers and frequencies keep 32 bits where the device's kernels take 32-bit
    /// parameters beside bfloat16 activations: they are a negligible share of the work, and rounding them would cost accuracy. On a GPU
    /// group and layer normalisation are rounded too: there libtorch wants one format for both.
    /// </summary>
    /// <param name="network">The network, converted in place.</param>
    /// <param name="precision">The format to compute in.</param>
    /// <param name="device">The kind of device that it will compute on; the network itself may still be elsewhere.</param>
    /// <exception cref="CertiPureException">TorchSharp does not compute in that precision.</exception>
    public static void Convert(nn.Module network, Precision precision, DeviceType device = DeviceType.CPU)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (!Supported.Contains(precision))
        {
            throw new CertiPureException(
                $"TorchSharp computes in {string.Join(" or ", Supported.Select(Choice.Word))} here, not in {Choice.Word(precision)}.",
                ErrorReason.InvalidArgument);
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        if (precision == Precision.Fp32)
        {
            network.to(ScalarType.Float32);
            return;
        }

        nn.Module[] exact = [.. network.modules().Prepend(network).Where(module => KeepsSinglePrecision(module, device)).Distinct()];
        Dictionary<string, Tensor>[] values =
            [.. exact.Select(layer => layer.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone()))];
        network.to(ScalarType.BFloat16);
        for (int i = 0; i < exact.Length; i++)
        {
            exact[i].to(ScalarType.Float32);
            foreach ((string name, Tensor target) in exact[i].state_dict())
            {
                target.copy_(values[i][name]);
            }
        }
    }

    // Batch normalisation mixes the two on every device, and frequencies meet the 32-bit noise level alone.
    private static bool KeepsSinglePrecision(nn.Module module, DeviceType device) =>
        module is FourierEmbedding or BatchNorm1d or BatchNorm2d
        || (device == DeviceType.CPU && module is GroupNormLayer or GroupNorm or LayerNorm);
}
