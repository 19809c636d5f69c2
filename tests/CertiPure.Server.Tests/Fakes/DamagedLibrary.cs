using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>A model whose weights cannot be loaded.</summary>
public sealed class DamagedLibrary : IModelLibrary
{
    private readonly TemplateLibrary _whole = new();

    public IReadOnlyList<ModelOffer> Models => _whole.Models;

    public IReadOnlyList<DataSetOffer> DataSets => _whole.DataSets;

    public BaseModel Load(string model, string purifier, double sigma) => throw new CertiPureException("The weights are damaged.");
}
