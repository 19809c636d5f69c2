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
        Assert.Null(CertificateRecheck.FirstProblem(read.Experiment, read.Certificate));
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
    [InlineData("certificate.radius", "0.9", "radius")]
    [InlineData("certificate.lowerBound", "0.99", "lower bound")]
    [InlineData("certificate.predicted", "1", "class")]
    [InlineData("certificate.predicted", "null", "abstention")]
    [InlineData("certificate.selection", "[0,10,0]", "class")]
    [InlineData("certificate.selection", "[10,0]", "3 classes")]
    [InlineData("certificate.selection", "[11,0,0]", "11 votes")]
    [InlineData("certificate.selection", "[11,-1,0]", "votes for 3 classes")]
    [InlineData("certificate.looks", "[{\"n\":100,\"k\":100,\"alpha\":0.001}]", "lower bound")]
    [InlineData("certificate.looks", "[{\"n\":100,\"k\":97,\"alpha\":0.01}]", "no look")]
    [InlineData("certificate.looks", "[{\"n\":50,\"k\":50,\"alpha\":0.001}]", "no look")]
    [InlineData("certificate.looks", "[{\"n\":100,\"k\":101,\"alpha\":0.001}]", "cannot follow")]
    [InlineData("certificate.looks", "[]", "lower bound")]
    [InlineData("certificate.draws", "99", "cannot be taken")]
    [InlineData("certificate.draws", "101", "do not fit")]
    [InlineData("experiment.sigma", "1", "radius")]
    public void The_recheck_names_what_does_not_follow_from_the_counts(string path, string value, string expected)
    {
        CertificateDocument tampered = CertificateDocument.Parse(With(path, value), "it");
        Assert.Contains(
            expected, CertificateRecheck.FirstProblem(tampered.Experiment, tampered.Certificate), StringComparison.Ordinal);
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
                Plan = PlanIdentity.Fixed(100, 0.001),
                Radii = [],
                Seed = 42,
                Noise = "normal",
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
