using System.Text;
using System.Text.Json.Nodes;
using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class CertificateDocumentTests
{
    private static readonly byte[] Json = Example().ToJson();

    [Fact]
    public void A_document_survives_writing_and_reading_byte_for_byte()
    {
        CertificateDocument read = CertificateDocument.Parse(Json, "it");
        Assert.Equal(Json, read.ToJson());
        Assert.Empty(CertificateVerifier.Check(read.Experiment, read.Certificate));
        Assert.Equal(read.Experiment.Data.PixelSha256, CertificateDocument.HashOf(read.Pixels));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"formatVersion\":2}")]
    public void What_is_no_certificate_of_this_format_is_refused(string json) =>
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(Encoding.UTF8.GetBytes(json), "it"));

    [Theory]
    [InlineData("surprise", "1")]
    [InlineData("seedChosenBy", "1")]
    [InlineData("seedChosenBy", "\"nobody\"")]
    [InlineData("pixels", "\"AAAA\"")]
    [InlineData("pixels", "null")]
    [InlineData("experiment.images", "\"3..4\"")]
    [InlineData("experiment.images", "\"4\"")]
    [InlineData("experiment.sigma", "-1")]
    [InlineData("experiment.plan.looks", "[null]")]
    [InlineData("certificate.looks", "[null]")]
    [InlineData("certificate.looks", "null")]
    [InlineData("experiment.weights.classifier", "null")]
    public void A_document_that_cannot_be_meant_is_refused(string path, string value) =>
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(With(path, value), "it"));

    [Theory]
    [InlineData("\"0..19999999\"")]
    [InlineData("\"0..19999999\",\"images\":\"3\"")]
    [InlineData("\"3,4..19999999\"")]
    public void A_short_document_that_names_millions_of_images_is_refused_before_they_are_listed(string images)
    {
        byte[] json = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Json).Replace("\"images\": \"3\"", $"\"images\": {images}", StringComparison.Ordinal));
        Assert.NotEqual(Json, json);
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(json, "it"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(json, "it"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] With(string path, string value)
    {
        JsonNode root = JsonNode.Parse(Json)!;
        string[] names = path.Split('.');
        JsonNode parent = names.SkipLast(1).Aggregate(root, (node, name) => node[name]!);
        parent[names[^1]] = JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private static CertificateDocument Example()
    {
        var look = new Look(100, 97, 0.001);
        double bound = BinomialBound.Lower([look]);
        byte[] pixels = [0, 64, 128, 255];
        return new CertificateDocument
        {
            FormatVersion = CertificateDocument.CurrentFormatVersion,
            Software = "CertiPure 1.0.0",
            IssuedAt = DateTimeOffset.UnixEpoch,
            SeedChosenBy = SeedOrigin.Service,
            Experiment = new Experiment
            {
                Data = new DataIdentity("upload", null, new ImageShape(1, 2, 2), CertificateDocument.HashOf(pixels)),
                Images = [3],
                Sigma = 0.5,
                N0 = 10,
                N = 100,
                Alpha = 0.001,
                Plan = new PlanIdentity("fixed", [new PlannedLook(100, 0.001)]),
                Radii = [],
                Seed = 42,
                Noise = NoiseKind.Normal,
                Purifier = new PurifierIdentity("none", null, false, 0),
                Classifier = new ClassifierIdentity("linear", 3),
                Precision = "fp32",
                Batch = 8,
                Weights = new Dictionary<string, string> { ["classifier"] = new('0', 64) },
            },
            Certificate = new Certificate(3, null, 0, [10, 0, 0], [look], 100, bound, BinomialBound.Radius(bound, 0.5), 1.5),
            Pixels = pixels,
            Seal = new CertificateSeal("0011223344556677", new string('a', 64)),
        };
    }
}
