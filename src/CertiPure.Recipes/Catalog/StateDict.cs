using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks;

namespace CertiPure.Recipes.Catalog;

/// <summary>Classifiers' weights that do not say themselves which network they are of.</summary>
internal static class StateDict
{
    /// <summary>The checkpoint with the metadata that building its network takes: what the user says, then what the file says,
    /// then what its tensors' names and shapes tell.</summary>
    /// <param name="file">The opened checkpoint.</param>
    /// <param name="request">What the user says.</param>
    /// <exception cref="CertiPureException">Nothing names the architecture, or how pixels are normalised.</exception>
    public static Checkpoint Complete(Checkpoint file, ModelRequest request)
    {
        if (request.Architecture is null && file.Metadata.ContainsKey(Architecture.NameKey))
        {
            return file;
        }

        string[] asked = request.Architecture?.Split(':', 2) ?? [];
        Checkpoint complete = CheckpointConversion.Complete(
            file,
            new ConversionOptions
            {
                Architecture = asked is [var name, ..] ? name : null,
                Arguments = asked is [_, var json] ? json : null,
            },
            ErrorReason.ArchitectureUnknown);
        var metadata = new Dictionary<string, string>(complete.Metadata);
        if (request.Preprocessing.Size is not null)
        {
            metadata["shape"] = request.Shape.ToString();
        }

        metadata.TryAdd("shape", request.Shape.ToString());
        if (request.Preprocessing.Mean.Count + request.Preprocessing.Deviation.Count > 0)
        {
            // What the user says goes before a family's habit; the steps before the network then do it.
            metadata["mean"] = string.Join(',', Enumerable.Repeat('0', request.Shape.Channels));
            metadata["std"] = string.Join(',', Enumerable.Repeat('1', request.Shape.Channels));
        }

        if (metadata.ContainsKey("mean") && metadata.ContainsKey("std"))
        {
            return new Checkpoint(complete.Tensors, metadata);
        }

        RecognisedNetwork? recognised = CheckpointArchitecture.Recognise(file);
        string usual = recognised?.UsualPixels is { } pixels ? $" It looks like {recognised.Description}; usual are {pixels}." : "";
        throw new CertiPureException(
            $"{file.Path} does not say how its network normalises pixels.{usual}", ErrorReason.NormalizationUnknown);
    }
}
