using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>The templates' model over a data set whose every label is wrong, so that every stable answer is a wrong one.</summary>
public sealed class MislabeledLibrary : IModelLibrary
{
    private readonly TemplateLibrary _right = new();

    public IReadOnlyList<ModelOffer> Models => _right.Models;

    public IReadOnlyList<DataSetOffer> DataSets => [.. _right.DataSets.Select(set => set with { Source = new Shifted(set.Source) })];

    public BaseModel Load(string model, string purifier, double sigma) => _right.Load(model, purifier, sigma);

    private sealed class Shifted(IImageSource inner) : IImageSource
    {
        public string Name => inner.Name;

        public string? Split => inner.Split;

        public ImageShape Shape => inner.Shape;

        public int Count => inner.Count;

        public IReadOnlyList<string> ClassNames => inner.ClassNames;

        public string PixelSha256 => inner.PixelSha256;

        public LabeledImage Read(int id)
        {
            LabeledImage image = inner.Read(id);
            return image with { Label = (image.Label + 1) % inner.ClassNames.Count };
        }
    }
}
