using CertiPure.Images;

namespace CertiPure.Tests;

public sealed class PreprocessedClassifierTests
{
    private static readonly ImageShape Colour = new(3, 1, 1);

    [Fact]
    public void Channels_are_ordered_then_ranged_then_normalised()
    {
        var steps = new ClassifierPreprocessing { IsBgr = true, Low = 0, High = 255, Mean = [104, 117, 123], Deviation = [2] };

        using var classifier = new PreprocessedClassifier(new Echo(Colour), steps, Colour);

        // In BGR: (255 - 104) / 2, (127.5 - 117) / 2, (0 - 123) / 2.
        float[] seen = classifier.Logits(new ImageBatch(Colour, (float[])[0f, 0.5f, 1f]));
        Assert.Equal([75.5f, 5.25f, -61.5f], seen.Select(value => MathF.Round(value, 4)));
    }

    [Fact]
    public void Images_are_resized_to_what_the_network_takes()
    {
        var steps = new ClassifierPreprocessing { Size = 2 };

        using var classifier = new PreprocessedClassifier(new Echo(new ImageShape(1, 2, 2)), steps, new ImageShape(1, 1, 1));

        Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], classifier.Logits(new ImageBatch(new ImageShape(1, 1, 1), (float[])[0.25f])));
    }

    [Fact]
    public void Steps_that_do_not_fit_are_refused()
    {
        Refused("2 numbers and the images have 3 channels", new ClassifierPreprocessing { Mean = [1, 2] });
        Refused("above 0", new ClassifierPreprocessing { Deviation = [0] });
        Refused("1..0 is not one", new ClassifierPreprocessing { Low = 1, High = 0 });
        Refused("makes 3x9x9 of 3x1x1", new ClassifierPreprocessing { Size = 9 });
        Assert.Throws<CertiPureException>(() => new ClassifierPreprocessing { IsBgr = true }.Affine(1));

        static void Refused(string reason, ClassifierPreprocessing steps) => Assert.Contains(
            reason,
            Assert.Throws<CertiPureException>(() => new PreprocessedClassifier(new Echo(Colour), steps, Colour)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>A network whose scores are its input.</summary>
    private sealed class Echo(ImageShape shape) : IClassifier
    {
        public ImageShape Shape => shape;

        public int ClassCount => shape.Length;

        public float[] Logits(ImageBatch images) => images.Pixels.ToArray();
    }
}
