using System.Globalization;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.OwnPurifier;

/// <summary>What one method certified of the images held out.</summary>
/// <param name="Method">The method: <c>none</c>, <c>edm</c> or <c>consistency</c>.</param>
/// <param name="Outcomes">Of each image, in the order of all methods, whether its certified class is the true one with at least the radius.</param>
public sealed record TrialResult(string Method, IReadOnlyList<bool> Outcomes)
{
    /// <summary>The images that are certified.</summary>
    public int Certified => Outcomes.Count(isCertified => isCertified);
}

/// <summary>Whether a trained purifier is worth using: certified accuracy on the images held out, against no purifier and one-step EDM.</summary>
public static class PurifierTrial
{
    /// <summary>The noise level and the radius of the trial.</summary>
    public const double Sigma = 0.25;

    private const int SelectionDraws = 20;
    private const int EstimationDraws = 200;
    private const double Alpha = 0.001;
    private const double Significance = 0.05;
    private const int Shown = 8;
    private const double ShownSigma = 0.5;

    /// <summary>Certifies the images held out.</summary>
    /// <param name="folder">The purifier's folder.</param>
    /// <param name="classifier">The classifier, as a request whose purifier is not looked at.</param>
    /// <param name="data">The pictures, with labels.</param>
    /// <param name="ids">The images held out.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="CertiPureException">The classifier does not fit the pictures.</exception>
    public static async Task<IReadOnlyList<TrialResult>> CertifyAsync(
        string folder, ModelRequest classifier, IImageSource data, IReadOnlyList<int> ids, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var results = new List<TrialResult>();
        foreach (string method in (string[])["none", "edm", "consistency"])
        {
            PurifierChoice purifier = method == "none" ? PurifierChoice.None : new PurifierChoice(method, folder);
            using BaseModel model = ModelCatalog.Load(classifier with { Purifier = purifier, Sigma = Sigma, Shape = data.Shape });
            IImageSource images = model.Match(data);
            model.Check(images, ids);
            using DrawQueue queue = model.OpenQueue();
            var smoothed = new SmoothedClassifier(queue, new NoiseSource(0));
            var outcomes = new List<bool>();
            await foreach (Certificate certificate in smoothed
                .CertifyAsync(ids.Select(images.Read), new FixedPlan(SelectionDraws, EstimationDraws, Alpha), null, cancellation)
                .ConfigureAwait(false))
            {
                outcomes.Add(certificate.Predicted is { } predicted && predicted == certificate.Label && certificate.Radius >= Sigma);
            }

            results.Add(new TrialResult(method, outcomes));
        }

        return results;
    }

    /// <summary>The trial in one sentence. One method counts as better than another where McNemar's exact test of the images that only one of
    /// them certifies gives a p-value of at most 0.05.</summary>
    /// <param name="results">What was certified, of the same images by each method.</param>
    /// <param name="stages">What the training did.</param>
    public static string Verdict(IReadOnlyList<TrialResult> results, IReadOnlyList<StageResult> stages)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(stages);
        TrialResult Of(string method) => results.First(result => result.Method == method);
        TrialResult none = Of("none"), edm = Of("edm"), consistency = Of("consistency");
        string worth = (IsBetter(consistency, none), IsBetter(consistency, edm), IsBetter(edm, consistency)) switch
        {
            (true, true, _) => "worth using",
            (true, _, true) => "better than no purifier, but one-step EDM (edm.safetensors) is better still",
            (true, _, _) => "better than no purifier; between it and one-step EDM (edm.safetensors) these images show no difference",
            _ when IsBetter(edm, none) => "not shown to be better than no purifier, but one-step EDM (edm.safetensors) is",
            _ when IsBetter(none, consistency) => "not worth using yet, since no purifier is better",
            _ => "not shown to be better than no purifier",
        };
        string advice = stages.Any(stage => IsFalling(stage.HeldOutLosses))
            ? "the loss is still falling, so more hours help"
            : "the loss no longer falls, so more pictures help rather than more hours";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"certifies {consistency.Certified} of {consistency.Outcomes.Count} images held out at radius {Sigma}, without it {none.Certified}, one-step EDM {edm.Certified}: {worth}; {advice}");
    }

    /// <summary>Whether the images that only one of two methods certifies are too uneven for chance (McNemar 1947, exact).</summary>
    private static bool IsBetter(TrialResult method, TrialResult other)
    {
        int only = method.Outcomes.Zip(other.Outcomes).Count(pair => pair.First && !pair.Second);
        int onlyOther = method.Outcomes.Zip(other.Outcomes).Count(pair => !pair.First && pair.Second);
        return only > onlyOther && BinomialBound.TwoSidedPValue(only, onlyOther) <= Significance;
    }

    /// <summary>Draws images held out: noisy, purified, clean.</summary>
    /// <param name="folder">The purifier's folder.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="ids">The images held out.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Draw(string folder, IImageSource data, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(ids);
        using TorchPurifier? purifier = ModelCatalog.LoadPurifier(
            new ModelRequest("", new PurifierChoice("consistency", folder), ShownSigma, data.Shape));
        LabeledImage[] images = [.. ids.Take(Shown).Select(data.Read)];
        var noise = new NoiseSource(0);
        var noisy = new ImageBatch(data.Shape, images.Length);
        for (int i = 0; i < images.Length; i++)
        {
            noise.AddNoise(images[i].ToPixels(), images[i].Id, NoisePhase.Display, 0, ShownSigma, noisy[i]);
        }

        ImageBatch purified = purifier!.Purify(noisy, ShownSigma);
        return new ImageGrid(
        [
            new GridRow("noisy", [.. Enumerable.Range(0, images.Length).Select(i => GridTile.Of(noisy, i))]),
            new GridRow("purified", [.. Enumerable.Range(0, images.Length).Select(i => GridTile.Of(purified, i))]),
            new GridRow("clean", [.. images.Select(image => GridTile.Of(image))]),
        ]).ToPng();
    }

    /// <summary>Whether the last quarter of a stage brought its smallest loss down by more than a hundredth.</summary>
    private static bool IsFalling(IReadOnlyList<double> losses)
    {
        int before = losses.Count * 3 / 4;
        return before > 0 && losses.Skip(before).Min() < 0.99 * losses.Take(before).Min();
    }
}
