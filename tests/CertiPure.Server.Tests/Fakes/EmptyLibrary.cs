using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>Nothing to certify with.</summary>
public sealed class EmptyLibrary : IModelLibrary
{
    public IReadOnlyList<ModelOffer> Models => [];

    public IReadOnlyList<DataSetOffer> DataSets => [];

    public BaseModel Load(string model, string purifier, double sigma) => throw new InvalidOperationException("It offers none.");
}
