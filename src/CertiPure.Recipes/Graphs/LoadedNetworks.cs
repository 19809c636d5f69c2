using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Graphs;

/// <summary>The networks of a base classifier whose layers are known. Disposing it frees them.</summary>
/// <param name="Purifier">The purifier; null for none.</param>
/// <param name="Classifier">The classifier; null where the purifier alone is asked for.</param>
/// <param name="Weights">SHA-256 of each weight file, by its role.</param>
internal sealed record LoadedNetworks(
    TorchPurifier? Purifier, TorchClassifier? Classifier, IReadOnlyDictionary<string, string> Weights) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Purifier?.Dispose();
        Classifier?.Dispose();
    }
}
