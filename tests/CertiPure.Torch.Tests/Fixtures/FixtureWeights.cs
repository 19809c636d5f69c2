using CertiPure.Torch.Checkpoints;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Puts a fixture's weights into a network: every floating-point tensor, under the reference's name and shape.</summary>
internal static class FixtureWeights
{
    /// <summary>Loads and switches to evaluation.</summary>
    public static void Load(nn.Module network, Checkpoint weights)
    {
        // Fixtures list floating-point tensors only, and leave filters as the constructor makes them.
        CheckpointLoader.Load(
            network,
            weights,
            name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal)
                || name.EndsWith("resample_filter", StringComparison.Ordinal));
        network.eval();
    }
}
