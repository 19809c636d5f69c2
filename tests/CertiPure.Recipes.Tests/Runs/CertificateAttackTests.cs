using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Recipes.Tests.Runs;

public sealed class CertificateAttackTests
{
    private const double Sigma = 0.5;
    private static readonly AttackSettings Settings = new() { Seed = 3, Steps = 8, Samples = 8, Draws = 500 };

    public CertificateAttackTests() => LibTorch.Load();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NoiseKind.Normal)]
    [InlineData(NoiseKind.Exact)]
    public async Task Certificates_of_a_linear_classifier_hold_inside_their_radii_and_break_far_outside(NoiseKind noise)
    {
        ImageSet images = Grey(10);
        using BaseModel model = Linear(images.Shape);
        var plan = new FixedPlan(50, 500, 0.001);
        Experiment experiment = model.Describe(images, [.. Enumerable.Range(0, images.Count)], plan, 1, noise);
        Certificate[] certificates = await CertifyAsync(experiment, model, images, plan);
        Certificate[] clear = [.. certificates.Where(certificate => certificate.Radius > 0.1)];
        Assert.True(clear.Length >= 4, "Too few certificates to attack.");

        AttackAttempt[] attempts = [.. CertificateAttack.Of(experiment, clear, images.Read, model, model, Settings, Cancellation)];

        Assert.Equal(2 * clear.Length, attempts.Length);
        Assert.All(attempts, attempt => Assert.True(attempt.Distance <= attempt.Factor * attempt.Claimed.Radius));
        Assert.All(attempts.Where(attempt => attempt.Factor == 1), attempt => Assert.True(attempt is { IsInside: true, IsViolation: false }));
        Assert.All(attempts.Where(attempt => attempt.Factor == 4), attempt => Assert.True(attempt is { IsInside: false, ChangesAnswer: true }));
    }

    [Fact]
    public async Task Certificates_of_the_bundled_models_hold_inside_their_radii_and_break_far_outside()
    {
        string? folder = new FashionMnist().Find(DataLocations.Of(null));
        Assert.SkipWhen(folder is null, "Fashion-MNIST is not on this machine.");
        IImageSource images = new FashionMnist().Open(folder!, "test");
        using BaseModel model = ModelCatalog.Load(
            new ModelRequest("fashion-mnist", PurifierChoice.Parse("consistency:fashion-mnist"), Sigma, images.Shape));
        var plan = new FixedPlan(50, 200, 0.001);
        Experiment experiment = model.Describe(images, [0, 1], plan, 1, NoiseKind.Normal);
        Certificate[] certificates = await CertifyAsync(experiment, model, images, plan);
        Assert.All(certificates, certificate => Assert.True(certificate.Radius > 0));

        AttackSettings few = Settings with { Draws = 200, Factors = [1, 6] };
        AttackAttempt[] attempts = [.. CertificateAttack.Of(experiment, certificates, images.Read, model, model, few, Cancellation)];

        Assert.DoesNotContain(attempts, attempt => attempt.IsViolation);
        Assert.All(attempts.Where(attempt => attempt.Factor == 6), attempt => Assert.True(attempt.ChangesAnswer));
    }

    [Fact]
    public void Abstentions_are_passed_over()
    {
        ImageSet images = Grey(1);
        using BaseModel model = Linear(images.Shape);
        Experiment experiment = model.Describe(images, [0], new FixedPlan(50, 500, 0.001), 1, NoiseKind.Normal);
        Certificate[] abstention = [new(0, null, null, [30, 20], [new Look(500, 250, 0.001)], 500, 0.43, 0, 1)];
        Assert.Empty(CertificateAttack.Of(experiment, abstention, images.Read, model, model, Settings, Cancellation));
    }

    [Fact]
    public void What_can_never_answer_is_refused_before_the_attack()
    {
        ImageSet images = Grey(1);
        using BaseModel model = Linear(images.Shape);
        Experiment experiment = model.Describe(images, [0], new FixedPlan(50, 500, 0.001), 1, NoiseKind.Normal);
        CertiPureException draws = Assert.Throws<CertiPureException>(
            () => CertificateAttack.Of(experiment, [], images.Read, model, model, Settings with { Draws = 5 }, Cancellation));
        Assert.Contains("never give an answer", draws.Message, StringComparison.Ordinal);
        Experiment other = experiment with { Weights = new Dictionary<string, string> { ["classifier"] = "ab" } };
        CertiPureException weights = Assert.Throws<CertiPureException>(
            () => CertificateAttack.Of(other, [], images.Read, model, model, Settings, Cancellation));
        Assert.Contains("SHA-256", weights.Message, StringComparison.Ordinal);
        Experiment routed = experiment with { Routing = RoutingIdentity.ByEntropy("core", 0.5) };
        CertiPureException routing = Assert.Throws<CertiPureException>(
            () => CertificateAttack.Of(routed, [], images.Read, model, model, Settings, Cancellation));
        Assert.Contains("attack a run of one", routing.Message, StringComparison.Ordinal);
    }

    private static async Task<Certificate[]> CertifyAsync(Experiment experiment, BaseModel model, IImageSource images, SamplingPlan plan)
    {
        using var queue = new DrawQueue(model.BaseClassifier);
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed, experiment.Noise));
        var certificates = new List<Certificate>();
        await foreach (Certificate certificate in smoothed.CertifyAsync(experiment.Images.Select(images.Read), plan, null, Cancellation))
        {
            certificates.Add(certificate);
        }

        return [.. certificates];
    }

    // Two classes by the sign of a random direction, with images on both sides of the plane through the middle grey.
    private static BaseModel Linear(ImageShape shape)
    {
        using var generator = new torch.Generator(5);
        var linear = torch.nn.Linear(shape.Length, 2);
        using (torch.no_grad())
        {
            linear.weight!.copy_(torch.randn(linear.weight.shape, generator: generator));
            linear.bias!.copy_(linear.weight.sum(dim: 1) * -0.5);
        }

        var classifier = new TorchClassifier(
            torch.nn.Sequential(("flat", torch.nn.Flatten()), ("plane", linear)), shape, null);
        return new BaseModel(
            new TorchBaseClassifier(null, classifier, Sigma, 32),
            null,
            classifier,
            new PurifierIdentity("none", null, Clamp: false, 0),
            new ClassifierIdentity("plane", 2),
            Precision.Fp32,
            new Dictionary<string, string>(),
            new WorkerPlan(1, 1, "a test"),
            null,
            classifier);
    }

    private static ImageSet Grey(int count)
    {
        var shape = new ImageShape(1, 8, 8);
        byte[] pixels = new byte[count * shape.Length];
        new Random(4).NextBytes(pixels);
        return new ImageSet("grey", null, shape, pixels, null, []);
    }
}
