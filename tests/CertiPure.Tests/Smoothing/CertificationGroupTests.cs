using CertiPure.Images;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class CertificationGroupTests
{
    private static readonly ImageShape Shape = new(3, 5, 4);
    private static readonly IClassifier[] Classifiers =
        [new TinyClassifier(Shape, 5), new TinyClassifier(Shape, 3, seed: 2), new TinyClassifier(Shape, 7, seed: 3)];

    private static readonly NoiseSource Noise = new(77);
    private static readonly LabeledImage[] Images = [.. Enumerable.Range(0, 6).Select(id => TinyClassifier.Image(Shape, id))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SamplingPlan> Plans => [new FixedPlan(37, 500), new StagedPlan([0, 0.05, 0.1, 0.2], 37, 1000)];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Each_classifier_gets_the_certificates_of_a_run_of_its_own(SamplingPlan plan)
    {
        var alone = new List<string>[Classifiers.Length];
        for (int i = 0; i < Classifiers.Length; i++)
        {
            alone[i] = [];
            using var queue = new DrawQueue(new PurifiedClassifier(new Halving(), Classifiers[i], 0.25, 64));
            await foreach (Certificate certificate in new SmoothedClassifier(queue, Noise).CertifyAsync(Images, plan, null, Cancel))
            {
                alone[i].Add(Line(certificate));
            }
        }

        List<string>[] together = [.. Classifiers.Select(_ => new List<string>())];
        using var shared = new DrawQueue(new PurifiedClassifierGroup(new Halving(), Classifiers, 0.25, 64));
        await foreach (IReadOnlyList<Certificate> certificates in
            new SmoothedClassifier(shared, Noise).CertifyGroupAsync(Images, plan, Cancel))
        {
            foreach ((int i, Certificate certificate) in certificates.Index())
            {
                together[i].Add(Line(certificate));
            }
        }

        Assert.Contains(alone.SelectMany(lines => lines), line => !line.EndsWith(" 0", StringComparison.Ordinal));
        Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First.Order(), pair.Second.Order()));
    }

    [Fact]
    public async Task Each_batch_is_purified_once_for_all_classifiers()
    {
        var purifier = new Halving();
        using var queue = new DrawQueue(new PurifiedClassifierGroup(purifier, Classifiers, 0.25, 64));
        await foreach (IReadOnlyList<Certificate> certificates in
            new SmoothedClassifier(queue, Noise).CertifyGroupAsync([Images[0]], new FixedPlan(64, 128), Cancel))
        {
            Assert.Equal(3, certificates.Count);
        }

        Assert.Equal(3, purifier.Batches);
    }

    [Fact]
    public void A_label_holds_the_label_of_every_classifier()
    {
        var group = new PurifiedClassifierGroup(null, Classifiers, 0.25, 8);
        var noisy = new ImageBatch(Shape, 8);
        for (int i = 0; i < noisy.Count; i++)
        {
            Noise.AddNoise(Images[0].ToPixels(), 0, NoisePhase.Display, i, 1, noisy[i]);
        }

        var joint = new int[8];
        group.Classify(noisy, joint);
        for (int k = 0; k < Classifiers.Length; k++)
        {
            var own = new int[8];
            new PurifiedClassifier(null, Classifiers[k], 0.25, 8).Classify(noisy, own);
            Assert.Equal(own, joint.Select(label => group.LabelOf(label, k)));
        }

        Assert.Equal(5 * 3 * 7, group.ClassCount);
    }

    [Fact]
    public void Classifiers_of_different_shapes_or_too_many_classes_are_refused()
    {
        Assert.Throws<CertiPureException>(() => new PurifiedClassifierGroup(
            null, [Classifiers[0], new TinyClassifier(new ImageShape(1, 2, 2), 3)], 0.25));
        Assert.Throws<CertiPureException>(() => new PurifiedClassifierGroup(
            null, [.. Enumerable.Repeat(new TinyClassifier(new ImageShape(1, 1, 1), 1000), 4)], 0.25));
        Assert.Throws<ArgumentException>(() => new PurifiedClassifierGroup(null, [], 0.25));
    }

    private static string Line(Certificate c) =>
        $"{c.Id} {c.Label} {c.Predicted} {string.Join(',', c.Selection)} {string.Join(',', c.Looks)} {c.Draws} {c.LowerBound:R} {c.Radius:R}";

    private sealed class Halving : IPurifier
    {
        public string Method => "halving";

        public int Batches { get; private set; }

        public int NetworkCalls(double sigma) => 1;

        public ImageBatch Purify(ImageBatch noisy, double sigma)
        {
            Batches++;
            return new ImageBatch(noisy.Shape, noisy.Pixels.ToArray().Select(pixel => pixel / 2).ToArray());
        }
    }
}
