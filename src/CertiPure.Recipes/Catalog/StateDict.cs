using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;

namespace CertiPure.Recipes.Catalog;

/// <summary>Classifiers' weights that do not say themselves which network they are of.</summary>
internal static class StateDict
{
    /// <summary>The checkpoint with the metadata that building its network takes: what the user says, then what the file says,
    /// then what its tensors' names and shapes tell.</summary>
    /// <param name="file">The opened checkpoint.</param>
    /// <param name="request">What the user says.</param>
    /// <exception cref="CertiPureException">Nobody tells the architecture, or how pixels are normalised.</exception>
    public static Checkpoint Complete(Checkpoint file, ModelRequest request)
    {
        if (request.Architecture is null && file.Metadata.ContainsKey("architecture"))
        {
            return file;
        }

        RecognisedNetwork? recognised = CheckpointArchitecture.Recognise(file);
        string[] asked = request.Architecture?.Split(':', 2) ?? [];
        string? architecture = asked is [var name, ..] ? name : recognised?.Architecture;
        bool agrees = string.Equals(architecture, recognised?.Architecture, StringComparison.OrdinalIgnoreCase);
        string? arguments = asked is [_, var json] ? json : agrees ? recognised?.Arguments : null;
        if (architecture is null || arguments is null)
        {
            throw new CertiPureException(
                $"{file.Path} {(recognised is null ? "is of no known architecture" : $"looks like {recognised.Description}")}, and its "
                + "architecture and arguments are not given.",
                ErrorReason.ArchitectureUnknown);
        }

        var metadata = new Dictionary<string, string>(agrees ? recognised!.Metadata : new Dictionary<string, string>())
        {
            ["architecture"] = architecture,
            ["arguments"] = arguments,
        };
        metadata.TryAdd("shape", request.Shape.ToString());
        return metadata.ContainsKey("mean") && metadata.ContainsKey("std")
            ? new Checkpoint(file.Tensors, metadata)
            : throw new CertiPureException(
                $"{file.Path} does not say how its network normalises pixels.", ErrorReason.NormalizationUnknown);
    }
}
