using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

IImageSource photos = OwnPictures.Open("photos", new PictureOptions { Preparation = new PicturePreparation(Resize: 64) });
using BaseModel model = ModelCatalog.Load(new ModelRequest(
    "mine.json", PurifierChoice.Parse("consistency:mypurifier"), Sigma: 0.25, photos.Shape));
photos = model.Match(photos);
using DrawQueue queue = model.OpenQueue();
var smoothed = new SmoothedClassifier(queue, new NoiseSource(FreshSeed.Next()));
await foreach (Certificate certificate in smoothed.CertifyAsync(Enumerable.Range(0, photos.Count).Select(photos.Read), new FixedPlan(100, 1000, 0.001), null, default))
    Console.WriteLine(certificate.Predicted is { } label
        ? $"{certificate.File}: class {label}: no change of L2 norm below {certificate.Radius} alters it"
        : $"{certificate.File}: no class is certified");
