using CertiPure.Images;

namespace CertiPure.Tests;

public sealed class BaseClassifierTests
{
    private static readonly ImageBatch Two = new(new ImageShape(1, 2, 2), 2);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(0)]
    public void Another_number_of_scores_than_a_row_for_each_image_is_refused(int count)
    {
        var classifier = new ScoredClassifier(2, 2, _ => new float[count]);
        var error = Assert.Throws<CertiPureException>(() => classifier.Classify(Two, new int[2]));
        Assert.Contains($"{count} scores for 2 images", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "infinite")]
    [InlineData(float.NegativeInfinity, "infinite")]
    public void A_score_that_is_not_finite_is_named_as_such(float score, string word)
    {
        var classifier = new ScoredClassifier(2, 2, _ => [1, 2, 3, score]);
        var error = Assert.Throws<CertiPureException>(() => classifier.Classify(Two, new int[2]));
        Assert.Contains($"class 1 is {word}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_minus_one_until_a_call_has_given_every_image_its_own()
    {
        int[] labels = [0, 0];
        var classifier = new ScoredClassifier(2, 2, _ => [1, 2]);
        Assert.Throws<CertiPureException>(() => classifier.Classify(Two, labels));
        Assert.Equal([-1, -1], labels);
    }

    [Theory]
    [InlineData(new[] { 1f, 1f, 0f }, 0)]
    [InlineData(new[] { 0f, 2f, 2f }, 1)]
    [InlineData(new[] { -3f, -2f, -1f }, 2)]
    public void The_best_score_is_the_label_and_the_lowest_class_wins_a_tie(float[] scores, int label)
    {
        int[] labels = new int[2];
        new ScoredClassifier(2, 3, _ => [.. scores, .. scores]).Classify(Two, labels);
        Assert.Equal([label, label], labels);
    }

    [Fact]
    public void Plus_and_minus_zero_are_equal() =>
        Assert.Equal((0, 0), (Logits.Best([0f, -0f, -1f]), Logits.Best([-0f, 0f, -1f])));

    [Fact]
    public void A_batch_of_another_size_or_shape_is_refused()
    {
        var classifier = new ScoredClassifier(2, 2, ScoredClassifier.Sound);
        Assert.Throws<ArgumentException>(() => classifier.Classify(new ImageBatch(classifier.Shape, 3), new int[3]));
        Assert.Throws<ArgumentException>(() => classifier.Classify(Two, new int[3]));
        Assert.Throws<ArgumentException>(() => classifier.Classify(new ImageBatch(new ImageShape(1, 1, 4), 2), new int[2]));
    }
}
