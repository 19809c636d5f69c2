using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;

namespace CertiPure.Benchmarks;

/// <summary>The bundled base classifiers that are measured.</summary>
internal static class BundledModel
{
    public const int Batch = 64;
    public const double Sigma = 0.5;

    public static BaseModel Load(string purifier, Precision precision) => ModelCatalog.Load(
        new ModelRequest("fashion-mnist", PurifierChoice.Parse(purifier), Sigma, new ImageShape(1, 28, 28))
        {
            Precision = precision, BatchSize = Batch,
        });
}
