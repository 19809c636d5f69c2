using CertiPure.Images;
using CertiPure.Imaging;

namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>What a reader finds in a folder or file: pictures in the order of their ids, none decoded yet.</summary>
/// <param name="Name">The path's last part.</param>
/// <param name="Split">The split that was taken, or null where there are none.</param>
/// <param name="ClassNames">The classes' names in label order; empty where labels are unknown.</param>
/// <param name="Pictures">The pictures.</param>
/// <param name="LeftOut">The files that are not pictures of the set, each with its kind, such as <c>.txt</c>.</param>
internal sealed record PictureList(
    string Name, string? Split, IReadOnlyList<string> ClassNames, IReadOnlyList<Picture> Pictures, IReadOnlyList<LeftOut> LeftOut);

/// <summary>One picture that is decoded when it is asked for.</summary>
/// <param name="File">Its file's path within the set; null where it has none.</param>
/// <param name="Label">Its class, or null.</param>
/// <param name="Decode">Decodes it; may be called more than once and by several threads.</param>
internal sealed record Picture(string? File, int? Label, Func<DecodedPicture> Decode);

/// <summary>A file that is not taken, and why.</summary>
/// <param name="File">Its path within the set.</param>
/// <param name="Kind">What makes it one of many, such as <c>.heic</c> or <c>without a label</c>.</param>
internal sealed record LeftOut(string File, string Kind);

/// <summary>How pictures of one's own are to be read.</summary>
public sealed record PictureOptions
{
    /// <summary>The split; null for the usual one.</summary>
    public string? Split { get; init; }

    /// <summary>Whether the usual split is the one for training.</summary>
    public bool ForTraining { get; init; }

    /// <summary>A table of files and labels; null for <c>labels.csv</c> within the folder, if there is one.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Whether a file that would be left out is an error.</summary>
    public bool Strict { get; init; }

    /// <summary>What happens to every picture before the noise.</summary>
    public PicturePreparation Preparation { get; init; } = new();

    /// <summary>The split of those that a set has.</summary>
    /// <param name="path">The set, for messages.</param>
    /// <param name="available">Its splits' names; none for a set without splits.</param>
    /// <returns>One of <paramref name="available"/>; null for a set without splits.</returns>
    /// <exception cref="CertiPureException">The split that is asked for is not among them.</exception>
    internal string? ChooseSplit(string path, IReadOnlyCollection<string> available)
    {
        if (available.Count == 0)
        {
            return Split is null
                ? null
                : throw new CertiPureException($"{path} has no splits, so there is no '{Split}'; leave the split out.", ErrorReason.InvalidArgument);
        }

        if (Split is not null)
        {
            return available.Contains(Split)
                ? Split
                : throw new CertiPureException(
                    $"{path} has no split '{Split}'; choose {string.Join(" or ", available)}.", ErrorReason.InvalidArgument);
        }

        string[] evaluation = ["test", "val", "valid", "validation"];
        string[] preferred = ForTraining ? ["train", "training", .. evaluation] : [.. evaluation, "train", "training"];
        return preferred.FirstOrDefault(available.Contains) ?? available.First();
    }
}
