using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class CleanImageCheckTests
{
    private static readonly ImageShape Shape = new(3, 2, 2);

    [Fact]
    public void A_sound_classifier_is_right_on_most_images_and_nothing_is_suspected()
    {
        CleanImageCheck check = CleanImageCheck.Of(Source(250), new Colour(), 16)!;
        Assert.Equal(new CleanImages(100, 100), check.Result);
        Assert.Equal("Without noise the classifier is right on 100 of 100 images.", check.ToString());
        check.RefuseGuessing();
    }

    [Fact]
    public void Images_are_spread_over_the_whole_source()
    {
        // The first half of the source is labelled wrongly.
        CleanImageCheck check = CleanImageCheck.Of(Source(1000, wrong: 500), new Colour(), 16)!;
        Assert.Equal(new CleanImages(50, 100), check.Result);
    }

    [Fact]
    public void Without_labels_nothing_is_said() => Assert.Null(CleanImageCheck.Of(Source(30, labeled: false), new Colour(), 16));

    [Theory]
    [InlineData("ImageNet", 0.485f, 0.456f, 0.406f, 0.229f, 0.224f, 0.225f, false)]
    [InlineData("from 0 to 255", 0f, 0f, 0f, 1 / 255f, 1 / 255f, 1 / 255f, false)]
    [InlineData("from -1 to 1", 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, false)]
    [InlineData("order BGR", 0f, 0f, 0f, 1f, 1f, 1f, true)]
    public void What_would_make_it_right_is_named(
        string expectation, float red, float green, float blue, float deviationRed, float deviationGreen, float deviationBlue, bool isSwapped)
    {
        var classifier = new Colour([red, green, blue], [deviationRed, deviationGreen, deviationBlue], isSwapped);
        CleanImageCheck check = CleanImageCheck.Of(Source(60), classifier, 16)!;
        Assert.True(2 * check.Result.Right < 60, $"right on {check.Result.Right}");
        Assert.Contains(expectation, check.Remedy!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_no_better_than_guessing_is_refused_and_a_few_images_prove_nothing()
    {
        CleanImageCheck check = CleanImageCheck.Of(Source(60), new Always(), 16)!;
        CertiPureException error = Assert.Throws<CertiPureException>(check.RefuseGuessing);
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("20 of 60 images of x", error.Message, StringComparison.Ordinal);
        CleanImageCheck.Of(Source(18), new Always(), 16)!.RefuseGuessing();
    }

    [Fact]
    public void Scores_that_are_not_finite_are_named_before_any_accuracy()
    {
        var error = Assert.Throws<CertiPureException>(() => CleanImageCheck.Of(Source(30), new Always(float.NaN), 16));
        Assert.Contains("NaN", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Bright red, green and blue images in turn, none of them saturated; or wrong labels for the first ones.</summary>
    private static ImageSet Source(int count, int wrong = 0, bool labeled = true)
    {
        var pixels = new byte[count * Shape.Length];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i < wrong ? (i + 1) % 3 : i % 3;
            for (int p = 0; p < Shape.Length; p++)
            {
                pixels[(i * Shape.Length) + p] = (byte)((p / 4 == i % 3 ? 140 : 110) + (i * 7 % 10));
            }
        }

        return new ImageSet("x", "test", Shape, pixels, labeled ? labels : null, labeled ? ["red", "green", "blue"] : []);
    }

    /// <summary>Knows the brightest channel of input that is normalised as it was trained for: input of any other kind is far from its
    /// templates, and another template becomes the nearest.</summary>
    private sealed class Colour(float[]? mean = null, float[]? deviation = null, bool isSwapped = false) : IClassifier
    {
        public ImageShape Shape => CleanImageCheckTests.Shape;

        public int ClassCount => 3;

        public float[] Logits(ImageBatch images)
        {
            var scores = new float[3 * images.Count];
            for (int i = 0; i < images.Count; i++)
            {
                for (int label = 0; label < 3; label++)
                {
                    float distance = 0;
                    for (int channel = 0; channel < 3; channel++)
                    {
                        float template = (((channel == label ? 144 : 114) / 255f) - (mean?[channel] ?? 0)) / (deviation?[channel] ?? 1);
                        // Distances of a class that lies far from the input are the smaller, the smaller its weight is.
                        float difference = images[i][4 * (isSwapped ? 2 - channel : channel)] - template;
                        distance += difference * difference * (1 + (label == 0 ? 0 : 0.5f));
                    }

                    scores[(3 * i) + label] = -distance;
                }
            }

            return scores;
        }
    }

    private sealed class Always(float score = 1) : IClassifier
    {
        public ImageShape Shape => CleanImageCheckTests.Shape;

        public int ClassCount => 3;

        public float[] Logits(ImageBatch images) => [.. Enumerable.Range(0, images.Count).SelectMany(_ => (float[])[score, 0, 0])];
    }
}
