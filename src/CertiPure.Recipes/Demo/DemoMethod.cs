using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Demo;

/// <summary>One of the ways in which the demo certifies.</summary>
/// <param name="Name">What tables and plots call it.</param>
/// <param name="Key">Its folder's name.</param>
/// <param name="Purifier">Its purifier.</param>
public sealed record DemoMethod(string Name, string Key, PurifierChoice Purifier);
