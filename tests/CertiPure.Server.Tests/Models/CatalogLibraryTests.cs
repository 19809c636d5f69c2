using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Models;

public sealed class CatalogLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-library-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_any_model_the_sentence_says_how_to_give_one()
    {
        var error = Assert.Throws<CertiPureException>(
            () => CatalogLibrary.Open(new ServerOptions(), _ => { }, new BundledModels(_folder)));
        Assert.Contains("--classifier", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_of_the_users_own_is_served_with_the_images_it_knows()
    {
        string? data = Environment.GetEnvironmentVariable("CERTIPURE_DATA");
        string classifier = Path.Combine(data ?? "", "classifiers", "resnet20-cifar10.onnx");
        Assert.SkipUnless(File.Exists(classifier), "CERTIPURE_DATA holds no classifiers/resnet20-cifar10.onnx.");
        for (int i = 0; i < 3; i++)
        {
            var image = new LabeledImage(0, null, new ImageShape(3, 32, 32), new byte[3072]);
            File.WriteAllBytes(Path.Combine(_folder, $"{i}.png"), PngImage.Encode(image));
        }

        var options = new ServerOptions { Classifier = classifier, Data = _folder, BatchSize = 4 };
        CatalogLibrary library = CatalogLibrary.Open(options, _ => { });
        ModelOffer offer = Assert.Single(library.Models);
        Assert.Equal("resnet20-cifar10", offer.Name);
        Assert.Equal(10, offer.ClassNames.Count);
        Assert.Equal("none", Assert.Single(offer.Purifiers).Name);
        Assert.Equal(3, Assert.Single(library.DataSets).Source.Count);
        using BaseModel loaded = library.Load(offer.Name, "none", 0.25);
        var labels = new int[4];
        loaded.BaseClassifier.Classify(new ImageBatch(offer.Shape, 4), labels);
        Assert.All(labels, label => Assert.Equal(labels[0], label));
    }

    [Fact]
    public void The_bundled_models_are_offered_with_their_purifiers()
    {
        Assert.SkipUnless(
            BundledModels.OfProgram.Names.Contains("fashion-mnist")
                && BundledModels.OfProgram.Files("fashion-mnist").Contains("consistency-lpips"),
            "The bundled models are not built yet.");
        CatalogLibrary library = CatalogLibrary.Open(new ServerOptions(), _ => { });
        ModelOffer offer = library.Models.Single(model => model.Name == "fashion-mnist");
        Assert.Equal(new ImageShape(1, 28, 28), offer.Shape);
        Assert.Equal(["consistency-lpips", "consistency", "edm", "none"], offer.Purifiers.Select(purifier => purifier.Name));
        using BaseModel loaded = library.Load("fashion-mnist", "consistency-lpips", 0.5);
        Assert.Equal(64, loaded.BaseClassifier.BatchSize);
        Assert.Equal(2, loaded.Weights.Count);

        // Rounded to 8 binary places the scores cannot be the same, but near.
        using BaseModel rounded = CatalogLibrary.Open(new ServerOptions { Precision = "bf16" }, _ => { }).Load("fashion-mnist", "none", 0.5);
        using BaseModel exact = library.Load("fashion-mnist", "none", 0.5);
        var images = new ImageBatch(offer.Shape, exact.BaseClassifier.BatchSize);
        float[] scores = exact.BaseClassifier.Scores(images);
        float difference = scores.Zip(rounded.BaseClassifier.Scores(images), (a, b) => Math.Abs(a - b)).Max();
        Assert.Equal((Precision.Fp32, Precision.Bf16), (exact.Precision, rounded.Precision));
        Assert.InRange(difference, 1e-5f * scores.Max(Math.Abs), 0.1f * scores.Max(Math.Abs));
    }
}
