using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>Fails whatever is asked of it.</summary>
public sealed class BrokenLibrary : IModelLibrary
{
    public IReadOnlyList<ModelOffer> Models => throw new InvalidOperationException("secret path of the models");

    public IReadOnlyList<DataSetOffer> DataSets => throw new InvalidOperationException("secret path of the data sets");

    public BaseModel Load(string model, string purifier, double sigma) =>
        throw new InvalidOperationException("secret path of the weights");
}
