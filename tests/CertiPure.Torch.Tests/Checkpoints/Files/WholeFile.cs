using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>All that is read of a checkpoint before a network is built of it.</summary>
internal static class WholeFile
{
    /// <summary>Reads every tensor, looks for the network, and maps Flax's onto its architecture.</summary>
    /// <exception cref="CertiPureException">The file is malformed.</exception>
    public static void Read(string name, byte[] file)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(name, file);
        foreach (CheckpointTensor tensor in checkpoint.Tensors)
        {
            tensor.ToSingles();
        }

        CheckpointArchitecture.Recognise(checkpoint);
        if (checkpoint.Format == CheckpointFormat.Flax)
        {
            FlaxNcsnpp.ToSongUNet(checkpoint, FlaxNetwork.Options).Dispose();
        }
    }
}
