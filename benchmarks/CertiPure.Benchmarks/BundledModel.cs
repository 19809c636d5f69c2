using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Graphs;
using CertiPure.Recipes.Runs;
using CertiPure.Results;

namespace CertiPure.Benchmarks;

/// <summary>The bundled base classifiers that are measured.</summary>
internal static class BundledModel
{
    public const int Batch = 64;
    public const double Sigma = 0.5;

    /// <summary>Loads one.</summary>
    /// <param name="purifier">METHOD:WEIGHTS, or none.</param>
    /// <param name="precision">fp32 or bf16; int8 in ONNX Runtime, with ranges chosen on random images: the time does not depend on them.</param>
    /// <param name="plan">Who calls it.</param>
    /// <param name="model">The bundled model.</param>
    /// <param name="engine">What computes the networks.</param>
    public static BaseModel Load(
        string purifier, Precision precision, WorkerPlan plan, string model = "fashion-mnist", Engine engine = Engine.Torch) => ModelCatalog.Load(
        new ModelRequest(model, PurifierChoice.Parse(purifier), Sigma, ShapeOf(model))
        {
            Engine = engine,
            Precision = precision,
            Calibration = precision == Precision.Int8 ? new CalibrationImages(RandomImages.Set(ShapeOf(model), CalibrationImages.Count)) : null,
            BatchSize = Batch,
            Workers = plan.Workers,
            Threads = plan.Threads,
        });

    private static ImageShape ShapeOf(string model) => model == "fashion-mnist" ? new ImageShape(1, 28, 28) : new ImageShape(3, 32, 32);
}
