using CertiPure.Torch.Networks.Layers;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Checkpoints;

/// <summary>A network's weights under the names of the code that published it, so that its <c>load_state_dict</c> takes them: for EDM's
/// networks those of <c>EDMPrecond</c>, with the low-pass filters that are buffers there; for diffusers' those of <c>UNet2DModel</c>. All
/// other networks here have the reference's names already.</summary>
internal static class ReferenceWeights
{
    /// <summary>The weights.</summary>
    /// <param name="network">The network, loaded.</param>
    /// <param name="metadata">Strings to keep beside them.</param>
    public static Checkpoint Of(nn.Module network, IReadOnlyDictionary<string, string> metadata)
    {
        Checkpoint own = ModuleState.Capture(network, metadata);
        return network switch
        {
            SongUNet or DhariwalUNet => new Checkpoint(
                own.Tensors.Concat(Filters(network)).Select(tensor => tensor.Rename($"model.{tensor.Name}")), metadata),
            UNet2DModel unet => new Checkpoint(UNet2DModelNames.Of(unet.Plan).ToDiffusers(own), metadata),
            _ => own,
        };
    }

    private static IEnumerable<CheckpointTensor> Filters(nn.Module network) => network.named_modules()
        .Where(entry => entry.module is ResampledConvolution { NormalizedFilter.Count: > 0 })
        .Select(entry =>
        {
            IReadOnlyList<double> taps = ((ResampledConvolution)entry.module).NormalizedFilter;
            float[] square = [.. taps.SelectMany(row => taps.Select(column => (float)(row * column)))];
            return CheckpointTensor.FromSingles($"{entry.name}.resample_filter", [1, 1, taps.Count, taps.Count], square);
        });
}
