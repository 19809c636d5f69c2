using System.Globalization;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Reproduce;

/// <summary>The figures made of pictures: each method on the same noise, one image under several noises, and the whole method.</summary>
internal sealed class ReproductionPictures
{
    private const int Columns = 8;
    private const double FigureSigma = 0.5;

    private readonly Reproduction _reproduction;
    private readonly LabeledImage[] _shown;
    private readonly NoiseSource _noise;

    public ReproductionPictures(Reproduction reproduction)
    {
        _reproduction = reproduction;
        IReadOnlyList<int> ids = reproduction.Options.Scale.Images.Resolve(reproduction.Images.Count);
        int columns = Math.Min(Columns, ids.Count);
        _shown = [.. Enumerable.Range(0, columns).Select(i => reproduction.Images.Read(ids[i * ids.Count / columns]))];
        _noise = new NoiseSource(reproduction.Options.Seed);
    }

    /// <summary>Some images and what each method makes of them under the same noise; borders show whether the classifier is right.</summary>
    public ImageGrid Pairs(double sigma) => Draw(
        "image", sigma, _shown, [.. _shown.Select(_ => 0)], [.. _shown.Select(image => image.Id.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>One image and what each method makes of it under several draws of noise: does the meaning stay the same?</summary>
    public ImageGrid Draws() => Draw(
        "image",
        FigureSigma,
        [.. Enumerable.Repeat(_shown[_shown.Length / 2], Columns)],
        [.. Enumerable.Range(0, Columns)],
        [.. Enumerable.Range(1, Columns).Select(draw => string.Create(CultureInfo.InvariantCulture, $"noise {draw}"))]);

    /// <summary>The whole method from one real certificate, or null where no purified run is there.</summary>
    public PipelineFigure? Framework()
    {
        (MatrixRow Row, PlannedRun Run)[] candidates =
        [
            .. _reproduction.Matrix.Main.Rows.Reverse()
                .SelectMany(row => row.Runs.Select(run => (row, run)))
                .Where(candidate => candidate.run.PurifierWeights is not null
                    && candidate.run.Sigma == FigureSigma
                    && _reproduction.Find(candidate.run, candidate.row.Name) is not null),
        ];
        if (candidates.Length == 0)
        {
            return null;
        }

        (MatrixRow row, PlannedRun planned) = candidates[0];
        var run = Run.Read(CertificationStep.FolderOf(_reproduction.Options, planned));
        Certificate[] right =
        [
            .. run.Certificates.Where(certificate => certificate.Predicted is not null && certificate.Predicted == certificate.Label)
                .OrderBy(certificate => certificate.Radius),
        ];
        // In the middle of those that are right: neither the easiest image nor the hardest.
        Certificate certificate = right.Length > 0 ? right[right.Length / 2] : run.Certificates[0];
        LabeledImage image = _reproduction.Images.Read(certificate.Id);
        using BaseModel model = _reproduction.Models.Load(planned);
        var noisy = new ImageBatch(image.Shape, 3);
        for (int i = 0; i < noisy.Count; i++)
        {
            _noise.AddNoise(image.ToPixels(), image.Id, NoisePhase.Selection, i, planned.Sigma, noisy[i]);
        }

        ImageBatch purified = model.PurifierNetwork!.Purify(noisy, planned.Sigma);
        int[] labels = model.ClassifierNetwork.Classify(purified);
        return new PipelineFigure(new PipelineExample(
            image,
            planned.Sigma,
            ReproductionOptions.Alpha,
            row.Name.TrimStart('+', ' '),
            [.. Enumerable.Range(0, 3).Select(i => GridTile.Of(noisy, i))],
            [.. Enumerable.Range(0, 3).Select(i => GridTile.Of(purified, i, labels[i] == image.Label))],
            certificate,
            _reproduction.Images.ClassNames));
    }

    private ImageGrid Draw(string first, double sigma, LabeledImage[] images, int[] draws, string[] headings)
    {
        var noisy = new ImageBatch(_reproduction.Images.Shape, images.Length);
        for (int i = 0; i < images.Length; i++)
        {
            _noise.AddNoise(images[i].ToPixels(), images[i].Id, NoisePhase.Display, draws[i], sigma, noisy[i]);
        }

        List<GridRow> rows = [new GridRow(first, [.. images.Select(image => GridTile.Of(image, null, _reproduction.Images.NameOf(image.Label)))])];
        foreach (MatrixRow row in _reproduction.Matrix.Main.Rows)
        {
            PlannedRun planned = row.Runs.MinBy(run => Math.Abs(run.Sigma - sigma))! with { Sigma = sigma };
            if (_reproduction.Models.Missing(planned) is not null)
            {
                continue;
            }

            using BaseModel model = _reproduction.Models.Load(planned);
            ImageBatch shown = model.PurifierNetwork?.Purify(noisy, sigma) ?? noisy;
            int[] labels = model.ClassifierNetwork.Classify(shown);
            rows.Add(new GridRow(
                planned.PurifierWeights is null ? "noisy" : row.Name,
                [.. labels.Select((label, i) => GridTile.Of(shown, i, label == images[i].Label, _reproduction.Images.NameOf(label)))]));
        }

        return new ImageGrid(rows, headings);
    }
}
