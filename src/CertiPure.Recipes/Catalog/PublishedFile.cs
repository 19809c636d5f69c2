namespace CertiPure.Recipes.Catalog;

/// <summary>A file of a published checkpoint.</summary>
/// <param name="Address">Where its authors publish it.</param>
/// <param name="Sha256">What is known of its SHA-256, lower-case hexadecimal: all of it, the first digits (PyTorch's habit is to put eight into
/// the name), or null where nobody publishes it.</param>
public sealed record PublishedFile(Uri Address, string? Sha256)
{
    /// <summary>The name that it has here.</summary>
    public string Name => Uri.UnescapeDataString(Address.Segments[^1]);
}
