using CertiPure.Images;

namespace CertiPure.Tests;

public sealed class PurifiedClassifierTests
{
    private static readonly ImageShape Shape = new(1, 1, 2);

    [Fact]
    public void The_label_is_the_class_with_the_largest_logit()
    {
        var labels = new int[2];
        Classifier([1, 2, 0, /* */ -1, -3, -2]).Classify(new ImageBatch(Shape, 2), labels);
        Assert.Equal([1, 0], labels);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Logits_that_are_not_finite_are_refused_and_never_counted(float logit)
    {
        var error = Assert.Throws<CertiPureException>(
            () => Classifier([1, 2, 0, -1, logit, -2]).Classify(new ImageBatch(Shape, 2), new int[2]));
        Assert.Contains("no class is the best", error.Message, StringComparison.Ordinal);
    }

    private static PurifiedClassifier Classifier(float[] logits) => new(null, new GivenLogits(logits), sigma: 0.5, batchSize: 2);

    private sealed class GivenLogits(float[] logits) : IClassifier
    {
        public ImageShape Shape => PurifiedClassifierTests.Shape;

        public int ClassCount => 3;

        public float[] Logits(ImageBatch images) => logits;
    }
}
