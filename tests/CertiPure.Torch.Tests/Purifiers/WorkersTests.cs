using CertiPure.Images;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.Purifiers;

[Collection(nameof(AloneTests))]
public sealed class WorkersTests : IDisposable
{
    private readonly int _threads = LibTorch.Threads;

    public void Dispose() => LibTorch.Threads = _threads;

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Bf16)]
    public async Task Networks_give_several_workers_the_votes_that_they_give_one(Precision precision)
    {
        using var purifier = new ConsistencyPurifier(SmallNetworks.Denoiser(new ConsistencyPreconditioning()), precision: precision);
        using TorchClassifier classifier = SmallNetworks.Classifier(precision);
        var joined = new TorchBaseClassifier(purifier, classifier, 0.5, 16);
        IReadOnlyList<Certificate> one = await CertifyAsync(joined, workers: 1);
        IReadOnlyList<Certificate> four = await CertifyAsync(joined, workers: 4);
        Assert.Contains(one, certificate => certificate.Looks[0].K is > 0 and < 300);
        foreach ((Certificate expected, Certificate actual) in one.Zip(four))
        {
            Assert.Equal(expected.Id, actual.Id);
            Assert.Equal(expected.Selection, actual.Selection);
            Assert.Equal(expected.Looks, actual.Looks);
        }
    }

    private static async Task<IReadOnlyList<Certificate>> CertifyAsync(IBaseClassifier classifier, int workers)
    {
        using var queue = new DrawQueue(
            classifier, new DrawWorkers { Count = workers, NoiseThreads = 0, Begin = () => LibTorch.Threads = 1 });
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(1));
        var found = new List<Certificate>();
        await foreach (Certificate certificate in smoothed.CertifyAsync(Images(6), new FixedPlan(20, 300, 0.001)))
        {
            found.Add(certificate);
        }

        return [.. found.OrderBy(certificate => certificate.Id)];
    }

    private static IEnumerable<LabeledImage> Images(int count)
    {
        var random = new Random(2);
        for (int id = 0; id < count; id++)
        {
            var bytes = new byte[SmallNetworks.Shape.Length];
            random.NextBytes(bytes);
            yield return new LabeledImage(id, null, SmallNetworks.Shape, bytes);
        }
    }
}
