using System.Globalization;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Demo;

/// <summary>The demo's grid: a few images, their noisy versions and what each purifier makes of the same noise, each judged
/// by the classifier.</summary>
internal sealed class DemoPictures
{
    private const int MaximumColumns = 10;

    private readonly IImageSource _images;
    private readonly LabeledImage[] _shown;
    private readonly ImageBatch _noisy;
    private readonly double _sigma;
    private readonly List<GridRow> _rows = [];

    public DemoPictures(IImageSource images, IReadOnlyList<int> certified, DemoOptions options)
    {
        _images = images;
        _sigma = options.Sigma;
        int columns = Math.Min(MaximumColumns, certified.Count);
        _shown = [.. Enumerable.Range(0, columns).Select(i => images.Read(certified[i * certified.Count / columns]))];
        _noisy = new ImageBatch(images.Shape, columns);
        var noise = new NoiseSource(options.Seed);
        for (int i = 0; i < columns; i++)
        {
            noise.AddNoise(_shown[i].ToPixels(), _shown[i].Id, NoisePhase.Display, 0, _sigma, _noisy[i]);
        }

        _rows.Add(new GridRow("image", [.. _shown.Select(image => GridTile.Of(image, null, images.NameOf(image.Label)))]));
    }

    public ImageGrid Grid => new(
        _rows,
        [.. _shown.Select(image => image.Id.ToString(CultureInfo.InvariantCulture))]);

    public void Add(DemoMethod method, BaseModel model)
    {
        ImageBatch shown = model.PurifierNetwork?.Purify(_noisy, _sigma) ?? _noisy;
        int[] labels = model.ClassifierNetwork.Classify(shown);
        _rows.Add(new GridRow(
            model.PurifierNetwork is null ? "noisy" : method.Name,
            [.. labels.Select((label, i) => GridTile.Of(shown, i, label == _shown[i].Label, _images.NameOf(label)))]));
    }
}
