using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Torch.Networks;

namespace CertiPure.Torch.Checkpoints.Recognition;

/// <summary>
/// Finds the network within a state dict whose names carry a prefix, whatever it is: <c>model.</c> of Lightning, <c>net.</c>,
/// <c>ema_model.</c> beside <c>online_model.</c>, <c>module.</c> beside SWA's <c>n_averaged</c>. A normalisation layer's mean and standard
/// deviation beside the network become metadata.
/// </summary>
internal static partial class NetworkPart
{
    private const int MaxDepth = 4;
    private const int LeastTensors = 4;

    /// <summary>The checkpoint without what surrounds its network; the checkpoint itself where no network, or no single one, is found.</summary>
    public static Checkpoint Find(Checkpoint opened)
    {
        if (opened.Metadata.ContainsKey(Architecture.NameKey))
        {
            return opened;
        }

        IReadOnlyList<Candidate> candidates = Candidates(opened);
        if (Choose(candidates) is not { } chosen)
        {
            return opened;
        }

        var metadata = new Dictionary<string, string>(opened.Metadata);
        HashSet<string> pixels = TakePixels(opened, metadata);
        if (chosen.Prefix.Length == 0 && pixels.Count == 0)
        {
            return opened;
        }

        return opened.Narrow(
            opened.Tensors
                .Where(tensor => tensor.Name.StartsWith(chosen.Prefix, StringComparison.Ordinal) && !pixels.Contains(tensor.Name))
                .Select(tensor => tensor.Rename(tensor.Name[chosen.Prefix.Length..])),
            metadata,
            chosen.Prefix.TrimEnd('.'),
            [
                .. opened.Tensors.Where(tensor => !tensor.Name.StartsWith(chosen.Prefix, StringComparison.Ordinal) && !pixels.Contains(tensor.Name))
                    .Select(tensor => tensor.Name),
            ],
            AveragedWeights.IsName(chosen.Prefix)
                ? candidates.FirstOrDefault(candidate => !AveragedWeights.IsName(candidate.Prefix))?.Prefix.TrimEnd('.')
                : null);
    }

    /// <summary>Every part that is a network of its own.</summary>
    public static IReadOnlyList<Candidate> Candidates(Checkpoint opened)
    {
        var found = new List<Candidate>();
        Search(opened, "", opened.Tensors, 0, found);
        return found;
    }

    // Averaged weights before others; then the part that is nearest to the top, where there is one.
    private static Candidate? Choose(IReadOnlyList<Candidate> candidates)
    {
        Candidate[] averaged = [.. candidates.Where(candidate => AveragedWeights.IsName(candidate.Prefix))];
        IReadOnlyList<Candidate> left = averaged.Length > 0 ? averaged : candidates;
        int least = left.Count == 0 ? 0 : left.Min(candidate => candidate.Depth);
        Candidate[] nearest = [.. left.Where(candidate => candidate.Depth == least)];
        return nearest.Length == 1 ? nearest[0] : null;
    }

    private static void Search(Checkpoint opened, string prefix, IReadOnlyList<CheckpointTensor> tensors, int depth, List<Candidate> found)
    {
        if (CheckpointArchitecture.RecogniseTensors(new Checkpoint(opened, tensors)) is { } network)
        {
            found.Add(new Candidate(prefix, depth, network.Description));
            return;
        }

        if (depth == MaxDepth)
        {
            return;
        }

        foreach (IGrouping<string, CheckpointTensor> group in tensors.Where(tensor => tensor.Name.Contains('.', StringComparison.Ordinal))
            .GroupBy(tensor => tensor.Name[..(tensor.Name.IndexOf('.', StringComparison.Ordinal) + 1)], StringComparer.Ordinal))
        {
            CheckpointTensor[] inner = [.. group.Select(tensor => tensor.Rename(tensor.Name[group.Key.Length..]))];
            if (inner.Length >= LeastTensors)
            {
                Search(opened, prefix + group.Key, inner, depth + 1, found);
            }
        }
    }

    // Two buffers of one value per channel, such as 0.mean and 0.std, normalize.mean and normalize.std, mu and sigma.
    private static HashSet<string> TakePixels(Checkpoint opened, Dictionary<string, string> metadata)
    {
        foreach (CheckpointTensor mean in opened.Tensors)
        {
            Match match = MeanName().Match(mean.Name);
            string other = match.Groups[2].Value switch { "mu" => "sigma", "means" => "sds", var name => name.Replace("mean", "std", StringComparison.Ordinal) };
            if (match.Success && opened.TryGet(match.Groups[1].Value + other, out CheckpointTensor? deviation)
                && Values(mean) is { } first && Values(deviation) is { } second && second.All(value => value > 0))
            {
                metadata["mean"] = Write(first);
                metadata["std"] = Write(second);
                return [mean.Name, deviation.Name];
            }
        }

        return [];
    }

    private static float[]? Values(CheckpointTensor tensor)
    {
        if (tensor.ElementCount != 3 || !tensor.ElementType.IsFloatingPoint())
        {
            return null;
        }

        // Pixels are in [0,1] here, so values of another scale are another network's convention, to be asked for.
        float[] values = tensor.ToSingles();
        return values.All(value => value is >= 0 and <= 1) ? values : null;
    }

    private static string Write(float[] values) => string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"^((?:.*\.)?)(mean|_mean|new_mean|means|mu)$")]
    private static partial Regex MeanName();

    /// <summary>A part that is a network of its own.</summary>
    /// <param name="Prefix">What its tensors' names begin with, ending in a dot; empty for all of the checkpoint.</param>
    /// <param name="Depth">The number of dots in it.</param>
    /// <param name="Description">The network in words.</param>
    public sealed record Candidate(string Prefix, int Depth, string Description);
}
