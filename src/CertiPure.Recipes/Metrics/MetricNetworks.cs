using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;

namespace CertiPure.Recipes.Metrics;

/// <summary>The networks behind metrics, by the names of the command line.</summary>
public static class MetricNetworks
{
    private const int HashDigits = 12;

    /// <summary>Feature networks of a Fréchet distance.</summary>
    public static IReadOnlyList<string> FeatureNetworks { get; } = ["inception", "squeezenet", "classifier"];

    /// <summary>Networks of LPIPS.</summary>
    public static IReadOnlyList<string> LpipsNetworks { get; } = ["alex", "vgg", "squeeze"];

    /// <summary>Loads a feature network.</summary>
    /// <param name="name">One of <see cref="FeatureNetworks"/>.</param>
    /// <param name="weights">Its file, or for <c>classifier</c> also a bundled model's name; null for the published file where that was
    /// downloaded.</param>
    /// <param name="locations">Where downloads are.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">There is no such network, or its weights are missing or of another network.</exception>
    public static FeatureNetwork LoadFeatures(
        string name, string? weights, DataLocations locations, BundledModels? models = null)
    {
        LibTorch.Load();
        switch (name)
        {
            case "inception":
                return Load(FeatureNetwork.Inception, weights ?? FindPublished("fid-inception", locations, ErrorReason.FeatureWeightsMissing));
            case "squeezenet":
                return Load(FeatureNetwork.SqueezeNet, weights ?? FindPublished("squeezenet1_1", locations, ErrorReason.FeatureWeightsMissing));
            case "classifier":
                string reference = weights ?? throw new CertiPureException(
                    "The feature network classifier needs a classifier, a bundled model or a file.", ErrorReason.FeatureWeightsMissing);
                string? bundled = File.Exists(reference) ? reference : (models ?? BundledModels.OfProgram).Find(reference, ["classifier"]);
                return Load(FeatureNetwork.Classifier, bundled ?? throw new CertiPureException(
                    $"There is no classifier '{reference}': it is neither a file nor a bundled model.", ErrorReason.InvalidArgument));
            default:
                throw new CertiPureException(
                    $"There is no feature network '{name}'; choose one of {string.Join(", ", FeatureNetworks)}.", ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Loads LPIPS.</summary>
    /// <param name="network">One of <see cref="LpipsNetworks"/>.</param>
    /// <param name="backbone">torchvision's weights of that network; null for the published file where that was downloaded.</param>
    /// <param name="heads">The linear heads, version 0.1; null likewise.</param>
    /// <param name="resolution">The side to which images are first resized bilinearly, or null.</param>
    /// <param name="locations">Where downloads are.</param>
    /// <returns>The distance, and what to call it: network, resizer, weights.</returns>
    /// <exception cref="CertiPureException">There is no such network, or its weights are missing or of another network.</exception>
    public static (Lpips Distance, string Name) LoadLpips(
        string network, string? backbone, string? heads, int? resolution, DataLocations locations)
    {
        LibTorch.Load();
        string published = network switch
        {
            "alex" => "alexnet",
            "vgg" => "vgg16",
            "squeeze" => "squeezenet1_1",
            _ => throw new CertiPureException(
                $"LPIPS has no network '{network}'; choose one of {string.Join(", ", LpipsNetworks)}.", ErrorReason.InvalidArgument),
        };
        using Checkpoint trunk = CheckpointReader.Open(backbone ?? FindPublished(published, locations, ErrorReason.LpipsWeightsMissing));
        using Checkpoint linear = CheckpointReader.Open(heads ?? FindPublished($"lpips-{network}", locations, ErrorReason.LpipsWeightsMissing));
        string resizer = resolution is { } side ? $"bilinear to {side}" : "as they are";
        return (
            Lpips.Load(network, trunk, linear, resolution),
            $"{network} 0.1, {resizer}, backbone {trunk.Sha256()[..HashDigits]}, heads {linear.Sha256()[..HashDigits]}");
    }

    private static FeatureNetwork Load(Func<Checkpoint, FeatureNetwork> make, string path)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path);
        return make(checkpoint);
    }

    private static string FindPublished(string name, DataLocations locations, ErrorReason reason) =>
        PublishedCheckpoints.Find(name)!.Find(locations) ?? throw new CertiPureException(
            $"The published weights {name} are in none of {string.Join(", ", locations.Folders)}.", reason);
}
