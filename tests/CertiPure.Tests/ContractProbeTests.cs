using CertiPure.Images;
using CertiPure.Results;

namespace CertiPure.Tests;

public sealed class ContractProbeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(64)]
    public void A_function_of_one_image_passes_with_three_batches(int batchSize)
    {
        var classifier = new ScoredClassifier(batchSize, 2, ScoredClassifier.Sound);
        ProbeOutcome outcome = ContractProbe.Of(classifier, Precision.Fp32).Outcome;
        Assert.Equal(new ProbeOutcome(3, 0, 1e-4), outcome);
        Assert.Equal(3, classifier.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Scores_that_depend_on_the_rest_of_the_batch_are_refused(int batchSize)
    {
        // The mean over the batch, as batch normalisation in training mode takes it off.
        var classifier = new ScoredClassifier(batchSize, 2, batch =>
        {
            float mean = 0;
            foreach (float pixel in batch.Pixels.Span)
            {
                mean += pixel / batch.Pixels.Length;
            }

            return [.. ScoredClassifier.Sound(batch).Select(score => score - mean)];
        });
        AssertRefused("other images of its batch", classifier);
    }

    [Fact]
    public void A_scale_that_the_largest_pixel_of_the_batch_decides_is_refused()
    {
        var classifier = new ScoredClassifier(64, 2, batch =>
        {
            float largest = 0;
            foreach (float pixel in batch.Pixels.Span)
            {
                largest = Math.Max(largest, Math.Abs(pixel));
            }

            return [.. ScoredClassifier.Sound(batch).Select(score => MathF.Round(score / largest * 127))];
        });
        AssertRefused("other images of its batch", classifier);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(64)]
    public void Scores_that_depend_on_the_place_in_the_batch_are_refused(int batchSize)
    {
        var classifier = new ScoredClassifier(
            batchSize, 2, batch => [.. ScoredClassifier.Sound(batch).Select((score, i) => score + (0.01f * (i / 2)))]);
        AssertRefused("place in the batch", classifier);
    }

    [Fact]
    public void Rounding_by_place_passes_within_the_tolerance_of_the_precision()
    {
        ScoredClassifier Rounding() =>
            new(64, 2, batch => [.. ScoredClassifier.Sound(batch).Select((score, i) => score * (1 + (0.001f * (i / 2 % 7))))]);
        AssertRefused("place in the batch", Rounding());
        ProbeOutcome outcome = ContractProbe.Of(Rounding(), Precision.Bf16).Outcome;
        Assert.Equal(2e-2, outcome.Tolerance);
        Assert.InRange(outcome.LargestDifference, 1e-4, 2e-2);
    }

    [Fact]
    public void Other_scores_for_the_same_batch_are_refused()
    {
        var random = new Random(1);
        var classifier = new ScoredClassifier(
            4, 2, batch => [.. ScoredClassifier.Sound(batch).Select((score, i) => i == 3 ? score + (float)random.NextDouble() : score)]);
        AssertRefused("the second time", classifier);
    }

    [Fact]
    public void Random_nodes_are_refused_by_name_before_anything_runs()
    {
        var classifier = new ScoredClassifier(4, 2, ScoredClassifier.Sound)
        {
            Suspects = [new SuspectNode("augment", "RandomNormalLike", SuspectKind.Random)],
        };
        AssertRefused("RandomNormalLike 'augment'", classifier);
        Assert.Equal(0, classifier.Calls);
    }

    [Fact]
    public void A_suspect_node_is_named_as_the_likely_cause_and_alone_refuses_nothing()
    {
        SuspectNode[] suspects = [new SuspectNode("input", "DynamicQuantizeLinear", SuspectKind.DynamicQuantization)];
        ContractProbe.Of(new ScoredClassifier(4, 2, ScoredClassifier.Sound) { Suspects = suspects }, Precision.Fp32);
        var coupled = new ScoredClassifier(
            4, 2, batch => [.. ScoredClassifier.Sound(batch).Select(score => score + batch[1][0])]) { Suspects = suspects };
        AssertRefused("dynamic quantisation, whose scale is that of the whole batch (DynamicQuantizeLinear 'input')", coupled);
    }

    [Fact]
    public void A_slow_state_is_seen_after_the_run()
    {
        float drift = 0;
        var classifier = new ScoredClassifier(4, 2, batch => [.. ScoredClassifier.Sound(batch).Select(score => score + drift)]);
        var probe = ContractProbe.Of(classifier, Precision.Fp32);
        Assert.True(probe.AfterRun().SameAfterRun);
        drift = 0.001f;
        Assert.False(probe.AfterRun().SameAfterRun);
    }

    [Fact]
    public void A_model_is_probed_once_per_process()
    {
        var classifier = new ScoredClassifier(4, 2, ScoredClassifier.Sound);
        Assert.Same(ContractProbe.Of(classifier, Precision.Fp32), ContractProbe.Of(classifier, Precision.Fp32));
        Assert.Equal(3, classifier.Calls);
    }

    private static void AssertRefused(string what, IBaseClassifier classifier)
    {
        var error = Assert.Throws<CertiPureException>(() => ContractProbe.Of(classifier, Precision.Fp32));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorReason.Refused, error.Reason);
    }
}
