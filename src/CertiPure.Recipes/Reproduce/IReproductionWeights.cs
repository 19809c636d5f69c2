namespace CertiPure.Recipes.Reproduce;

/// <summary>Where the matrix finds weights by their role: <c>edm</c>, <c>consistency-lpips</c>, <c>classifier</c>, ...</summary>
public interface IReproductionWeights
{
    /// <summary>Finds weights.</summary>
    /// <param name="role">Their role.</param>
    /// <returns>The file, or null where it is not here.</returns>
    string? Find(string role);

    /// <summary>Whether weights are here in a form that needs no converting.</summary>
    /// <param name="role">Their role.</param>
    bool IsReady(string role);

    /// <summary>What to do where weights are not here, as a clause: <c>needs edm.safetensors in models/...: certipure train ...</c>.</summary>
    /// <param name="role">Their role.</param>
    string Advice(string role);

    /// <summary>The file in a form that <see cref="Catalog.ModelCatalog"/> loads; a published one may have to be converted first.</summary>
    /// <param name="role">The role of weights that are here.</param>
    /// <exception cref="CertiPureException">They are not here, or cannot be converted.</exception>
    string Prepare(string role);
}
