using CertiPure.Images;

namespace CertiPure.Tests;

/// <summary>What a network's answer to a draw says of its route.</summary>
public sealed class RouteSelectionTests
{
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.8, 0.7219280948873623)]
    [InlineData(0.99, 0.08079313589591118)]
    public void The_entropy_of_two_classes_is_that_of_a_coin(double probability, double entropy)
    {
        Assert.Equal(entropy, EntropySelection.Entropy([(float)Math.Log(probability), (float)Math.Log(1 - probability)]), 1e-6);
    }

    [Fact]
    public void The_entropy_runs_from_nothing_to_one_whatever_the_number_of_classes()
    {
        Assert.Equal(1, EntropySelection.Entropy(new float[10]), 1e-12);
        Assert.Equal(0, EntropySelection.Entropy([1e30f, -1e30f, 0]), 1e-12);
    }

    [Fact]
    public void A_sure_answer_is_smoothed_and_an_even_one_is_not()
    {
        var selection = new EntropySelection(new Scores(3), 0.5);
        Assert.True(selection.IsSmoothed([9, 0, 0]));
        Assert.False(selection.IsSmoothed([1, 1, 1]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_threshold_that_is_no_entropy_is_refused(double threshold)
    {
        var error = Assert.Throws<CertiPureException>(() => new EntropySelection(new Scores(2), threshold));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public void A_selection_networks_second_class_is_the_smoothed_one()
    {
        var selection = new NetworkSelection(new Scores(2));
        Assert.True(selection.IsSmoothed([0, 1]));
        Assert.False(selection.IsSmoothed([1, 0]));
        Assert.False(selection.IsSmoothed([1, 1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void A_selection_network_of_other_than_two_classes_is_refused(int classes)
    {
        var error = Assert.Throws<CertiPureException>(() => new NetworkSelection(new Scores(classes)));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains($"knows {classes}", error.Message, StringComparison.Ordinal);
    }

    private sealed class Scores(int classCount) : IClassifier
    {
        public ImageShape Shape => new(1, 1, 1);

        public int ClassCount => classCount;

        public float[] Logits(ImageBatch images) => new float[images.Count * classCount];
    }
}
