using CertiPure.Recipes.Runs;

namespace CertiPure.Server.Models;

/// <summary>A base classifier with everything that names it in a certificate.</summary>
/// <param name="Base">The base classifier, as the command line's runs describe it.</param>
/// <param name="Purifier">The purifier alone, for pictures; null for none.</param>
public sealed record LoadedModel(BaseModel Base, IPurifier? Purifier);
