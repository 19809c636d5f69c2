using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>Recognises the NCSN++ of the paper's own purifiers in Flax's names.</summary>
internal static class FlaxSignature
{
    // Tensors of the published CIFAR-10 networks; another one needs its arguments given.
    private const int PublishedTensors = 445;

    /// <summary>The network, or null if it is another.</summary>
    public static RecognisedNetwork? Recognise(NamedShapes shapes)
    {
        if (!shapes.Has("GaussianFourierProjection_0/W", "Conv_0/kernel", "ResnetBlockBigGANpp_0/Conv_0/kernel"))
        {
            return null;
        }

        int channels = shapes.Size("Conv_0/kernel", 3);
        bool published = channels == FlaxNcsnpp.Cifar10.ModelChannels && shapes.Count == PublishedTensors;
        return new RecognisedNetwork($"NCSN++ in Flax's names, {channels} channels", nameof(SongUNet),
            published ? ArchitectureArguments.Write(FlaxNcsnpp.Cifar10) : null, new Dictionary<string, string>());
    }
}
