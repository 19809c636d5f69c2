using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>One model made of real images and no network.</summary>
public sealed class TemplateLibrary : IModelLibrary
{
    private readonly FashionImages _images = new();

    public Switchboard Board { get; } = new();

    public int BatchSize { get; init; } = 32;

    public IReadOnlyList<ModelOffer> Models =>
    [
        new(
            "fashion-templates",
            _images.Shape,
            _images.ClassNames,
            [
                new("blur", "Box blur", "The mean of each pixel's neighbours."),
                new("none", "No purifier", "Plain randomized smoothing."),
            ],
            _images.Name),
    ];

    public IReadOnlyList<DataSetOffer> DataSets => [new(_images.Name, "Fashion-MNIST", _images)];

    public BaseModel Load(string model, string purifier, double sigma)
    {
        IPurifier? blur = purifier == "blur" ? new BoxBlur() : null;
        var weights = new Dictionary<string, string> { ["classifier"] = _images.PixelSha256 };
        var classifier = new TemplateClassifier(_images);
        return new BaseModel(
            new WatchedBaseClassifier(new PurifiedClassifier(blur, classifier, sigma, BatchSize), Board),
            blur,
            classifier,
            blur is null ? new PurifierIdentity("none", null, false, 0) : new PurifierIdentity("edm", "exact", false, 1),
            new ClassifierIdentity(model, _images.ClassNames.Count),
            Precision.Fp32,
            weights,
            Workers: new WorkerPlan(1, 1, "a test"),
            InstructionSet: null);
    }
}
