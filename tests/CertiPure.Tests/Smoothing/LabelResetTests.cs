using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class LabelResetTests
{
    [Fact]
    public async Task A_label_that_a_call_leaves_unset_is_no_vote_whatever_the_batch_held_before()
    {
        using var queue = new DrawQueue(new Forgetful());
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(1));
        var error = await Assert.ThrowsAsync<CertiPureException>(() => smoothed.CertifyAsync(
            new LabeledImage(0, null, ScriptedClassifier.OnePixel, new byte[] { 128 }),
            new FixedPlan(8, 100),
            null,
            TestContext.Current.CancellationToken));
        Assert.Contains("class -1", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives all labels in its first calls, which fill every batch of the queue once, and then that of the first image alone: a
    /// program that returns one row for the whole batch.</summary>
    private sealed class Forgetful : IBaseClassifier
    {
        private int _calls;

        public ImageShape Shape => ScriptedClassifier.OnePixel;

        public int ClassCount => 3;

        public int BatchSize => 4;

        public double Sigma => 0.5;

        public float[] Scores(ImageBatch noisy) => new float[ClassCount * noisy.Count];

        public void Classify(ImageBatch noisy, Span<int> labels) => labels[..(_calls++ < 16 ? 4 : 1)].Clear();
    }
}
