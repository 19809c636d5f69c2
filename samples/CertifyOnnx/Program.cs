using System.Security.Cryptography;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

using BaseModel model = ModelCatalog.Load(new ModelRequest(
    "mine.onnx", PurifierChoice.Parse("consistency:fashion-mnist"), Sigma: 0.5, new ImageShape(1, 28, 28)));
using var queue = new DrawQueue(model.BaseClassifier, model.Workers.ToDrawWorkers());
var smoothed = new SmoothedClassifier(queue, new NoiseSource(seed: BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));
Certificate certificate = await smoothed.CertifyAsync(DataSets.OpenFile("shirt.png").Read(0), new FixedPlan(100, 1000, 0.001));
Console.WriteLine($"class {certificate.Predicted}: no change of L2 norm below {certificate.Radius} alters it");
