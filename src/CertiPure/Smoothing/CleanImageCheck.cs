using System.Globalization;
using CertiPure.Images;
using CertiPure.Results;

namespace CertiPure.Smoothing;

/// <summary>
/// What the classifier, without purifier and noise, makes of labelled images. Where it is no better than guessing, or wrong on most of
/// them, its input is most probably prepared otherwise than it was trained for, and the usual ways are tried on the same images.
/// </summary>
public sealed class CleanImageCheck
{
    /// <summary>The images that are looked at, at most: enough to distinguish even a weak classifier from guessing.</summary>
    public const int MostImages = 100;

    private const int FewestForRefusal = 20;

    private static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] ImageNetDeviation = [0.229f, 0.224f, 0.225f];
    private static readonly float[] CifarMean = [0.4914f, 0.4822f, 0.4465f];
    private static readonly float[] CifarDeviation = [0.2470f, 0.2435f, 0.2616f];

    /// <summary>What a classifier may expect of its input in place of RGB in [0,1], in words, with how to give it that.</summary>
    private static readonly (string Expectation, Action<ImageBatch> Prepare)[] UsualSuspects =
    [
        ("input normalised by ImageNet's mean 0.485, 0.456, 0.406 and standard deviation 0.229, 0.224, 0.225",
            images => Normalize(images, ImageNetMean, ImageNetDeviation)),
        ("input normalised by CIFAR-10's mean 0.4914, 0.4822, 0.4465 and standard deviation 0.2470, 0.2435, 0.2616",
            images => Normalize(images, CifarMean, CifarDeviation)),
        ("input from -1 to 1", images => Normalize(images, [0.5f], [0.5f])),
        ("input from 0 to 255", images => Normalize(images, [0], [1 / 255f])),
        ("channels in the order BGR", SwapRedAndBlue),
        ("channels in the order BGR and input from 0 to 255", images =>
        {
            SwapRedAndBlue(images);
            Normalize(images, [0], [1 / 255f]);
        }),
        ("channels in the order BGR, normalised by ImageNet's mean and standard deviation", images =>
        {
            SwapRedAndBlue(images);
            Normalize(images, [0.406f, 0.456f, 0.485f], [0.225f, 0.224f, 0.229f]);
        }),
    ];

    private CleanImageCheck(CleanImages result, int classCount, string source, string? remedy)
    {
        Result = result;
        Remedy = remedy;
        IsGuessing = result.Labeled >= FewestForRefusal
            && BinomialBound.Lower(result.Right, result.Labeled, 0.05) <= 1.0 / classCount;
        Source = source;
    }

    /// <summary>How many images were right, and of how many.</summary>
    public CleanImages Result { get; }

    /// <summary>What the classifier most probably expects of its input in place of RGB in [0,1]; null where it is right on most images, or
    /// where nothing usual makes it so.</summary>
    public string? Remedy { get; }

    /// <summary>Whether it is not significantly better than guessing (5 %); never on fewer than 20 images.</summary>
    public bool IsGuessing { get; }

    private string Source { get; }

    /// <summary>The result in a sentence, with the likely cause where there is one.</summary>
    public override string ToString() => Remedy is null ? Result.ToString() : $"{Result} {Hint}";

    /// <summary>What the classifier seems to expect, in a sentence; for a check with a <see cref="Remedy"/>.</summary>
    public string Hint => $"It seems to expect {Remedy}.";

    /// <summary>Asks the classifier about up to 100 labelled images, spread over the whole source.</summary>
    /// <param name="source">The images.</param>
    /// <param name="classifier">The classifier alone.</param>
    /// <param name="batchSize">The batch size to run it at, padded, at least 1.</param>
    /// <returns>What was found; null where no image that was looked at has a label.</returns>
    /// <exception cref="CertiPureException">A score is not a finite number.</exception>
    public static CleanImageCheck? Of(IImageSource source, IClassifier classifier, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        int count = Math.Min(MostImages, source.Count);
        LabeledImage[] images =
        [
            .. Enumerable.Range(0, count).Select(i => source.Read((int)((long)i * source.Count / count)))
                .Where(image => image.Label is not null),
        ];
        if (images.Length == 0)
        {
            return null;
        }

        int right = Right(images, classifier, batchSize, _ => { });
        var result = new CleanImages(right, images.Length);
        return new CleanImageCheck(
            result, classifier.ClassCount, source.Name, 2 * right < images.Length ? Suspect(images, classifier, batchSize, right) : null);
    }

    /// <summary>Refuses a classifier that is no better than guessing: whatever were certified would not be what it was trained for.</summary>
    /// <exception cref="CertiPureException">It is.</exception>
    public void RefuseGuessing()
    {
        if (IsGuessing)
        {
            throw new CertiPureException(
                $"Without noise the classifier is right on only {Result.Right} of {Result.Labeled} images of {Source}, no better than "
                + $"guessing. {(Remedy is null ? "Check its normalisation, channel order and class order." : Hint)}",
                ErrorReason.Refused);
        }
    }

    private static string? Suspect(LabeledImage[] images, IClassifier classifier, int batchSize, int right)
    {
        (string Expectation, int Right)[] tried =
        [
            .. UsualSuspects
                .Where(suspect => classifier.Shape.Channels == 3 || !suspect.Expectation.Contains("BGR", StringComparison.Ordinal))
                .Select(suspect => (suspect.Expectation, TryRight(images, classifier, batchSize, suspect.Prepare))),
        ];
        int best = tried.Max(suspect => suspect.Right);

        // What makes it right on most images and on clearly more than before is not an accident. Several ways may do equally well.
        return 2 * best > images.Length && best - right >= Math.Max(2, images.Length / 4)
            ? string.Join("; or ", tried.Where(suspect => suspect.Right == best).Select(suspect => suspect.Expectation))
            : null;
    }

    private static int TryRight(LabeledImage[] images, IClassifier classifier, int batchSize, Action<ImageBatch> prepare)
    {
        try
        {
            return Right(images, classifier, batchSize, prepare);
        }
        catch (CertiPureException)
        {
            // Input that it was not made for may overflow.
            return 0;
        }
    }

    private static int Right(LabeledImage[] images, IClassifier classifier, int batchSize, Action<ImageBatch> prepare)
    {
        int right = 0;
        foreach (LabeledImage[] chunk in images.Chunk(batchSize))
        {
            var batch = new ImageBatch(classifier.Shape, batchSize);
            for (int i = 0; i < chunk.Length; i++)
            {
                chunk[i].CopyPixels(batch[i]);
            }

            prepare(batch);
            float[] scores = classifier.Logits(batch);
            Logits.Require(scores, batchSize, classifier.ClassCount);
            right += chunk.Where((image, i) =>
                Logits.Best(scores.AsSpan(i * classifier.ClassCount, classifier.ClassCount)) == image.Label).Count();
        }

        return right;
    }

    /// <summary>Takes a mean off each channel and divides by a deviation; one value serves all channels, and the mean of three one.</summary>
    private static void Normalize(ImageBatch images, float[] mean, float[] deviation)
    {
        int plane = images.Shape.Height * images.Shape.Width, channels = images.Shape.Channels;
        Span<float> pixels = images.Pixels.Span;
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = i / plane % channels;
            pixels[i] = (pixels[i] - Of(mean, channel)) / Of(deviation, channel);
        }

        float Of(float[] values, int channel) =>
            values.Length == 1 ? values[0] : values.Length == channels ? values[channel] : values.Average();
    }

    private static void SwapRedAndBlue(ImageBatch images)
    {
        int plane = images.Shape.Height * images.Shape.Width;
        for (int i = 0; i < images.Count; i++)
        {
            Span<float> red = images[i][..plane], blue = images[i].Slice(2 * plane, plane);
            for (int p = 0; p < plane; p++)
            {
                (red[p], blue[p]) = (blue[p], red[p]);
            }
        }
    }
}
