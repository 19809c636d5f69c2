using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;

namespace CertiPure.Torch.Purifiers;

/// <summary>Files of purifiers: a safetensors file whose metadata says how to build the network.</summary>
public static class PurifierCheckpoint
{
    /// <summary>What a purifier's file says of its network.</summary>
    /// <param name="architecture">The architecture's name.</param>
    /// <param name="arguments">Its arguments as JSON.</param>
    /// <param name="preconditioning">How the network becomes a denoiser.</param>
    public static IReadOnlyDictionary<string, string> Metadata(
        string architecture, string arguments, Preconditioning preconditioning)
    {
        ArgumentNullException.ThrowIfNull(preconditioning);
        return new Dictionary<string, string>(preconditioning.Metadata)
        {
            [Architecture.NameKey] = architecture,
            [Architecture.ArgumentsKey] = arguments,
        };
    }

    /// <summary>Loads a denoiser.</summary>
    /// <param name="path">A safetensors file with the metadata of <see cref="Metadata"/>, or a published checkpoint whose network and
    /// preconditioning are recognised: a diffusers pipeline's folder, or a file of guided or improved diffusion.</param>
    /// <exception cref="CertiPureException">It is missing or damaged, does not say what network it is of, or does not fit its own
    /// architecture.</exception>
    public static Denoiser Load(string path)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path);
        return LoadFile(checkpoint);
    }

    /// <summary>Loads a denoiser from an open file, as <see cref="Load(string)"/> does from its path.</summary>
    /// <param name="checkpoint">The open file.</param>
    /// <exception cref="CertiPureException">It does not say what network it is of, or does not fit its own architecture.</exception>
    public static Denoiser LoadFile(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Load(Describe(checkpoint));
    }

    /// <summary>An open file with the metadata of <see cref="Metadata"/>: its own, or those of the network that is recognised in it.</summary>
    /// <param name="checkpoint">The open file, which stays the owner of its tensors.</param>
    /// <exception cref="CertiPureException">It does not say what network it is of, and none is recognised.</exception>
    public static Checkpoint Describe(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Metadata.ContainsKey(Architecture.NameKey)
            ? checkpoint
            : CheckpointConversion.Complete(checkpoint, unknown: ErrorReason.MetadataMissing);
    }

    /// <summary>Loads a denoiser.</summary>
    /// <param name="checkpoint">Tensors with the metadata of <see cref="Metadata"/>.</param>
    /// <exception cref="CertiPureException">The checkpoint lacks metadata, or does not fit its own architecture.</exception>
    public static Denoiser Load(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        CheckpointMetadata.Required(checkpoint, Preconditioning.NameKey);
        Preconditioning preconditioning = Preconditioning.From(checkpoint.Metadata)!;
        var architecture = Architecture.Named(CheckpointMetadata.Required(checkpoint, Architecture.NameKey));
        var network = architecture.Create<DiffusionNetwork>(CheckpointMetadata.Required(checkpoint, Architecture.ArgumentsKey), checkpoint);
        var denoiser = new Denoiser(network, preconditioning);

        // EDM's own files and ours name the network "model"; a file of the bare network does not.
        bool isBare = !checkpoint.Tensors.Any(tensor => tensor.Name.StartsWith("model.", StringComparison.Ordinal));
        CheckpointLoader.Load(isBare ? network : denoiser, checkpoint, IsComputed);
        return denoiser;
    }

    // EDM's checkpoints contain the low-pass filters, which follow from the arguments.
    private static bool IsComputed(string name) => name.EndsWith("resample_filter", StringComparison.Ordinal);
}
