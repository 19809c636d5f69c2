using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
    [InlineData("{\"formatVersion\":3}")]
    [InlineData("{\"formatVersion\":1,\"image\":{}}")]
    public void What_is_no_certificate_of_this_format_is_refused(string json) =>
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(Encoding.UTF8.GetBytes(json), "it"));

    [Theory]
    [InlineData("surprise", "1")]
    [InlineData("image", "{}")]
    [InlineData("certificate.surprise", "1")]
    [InlineData("experiment.surprise", "1")]
    [InlineData("seal.surprise", "1")]
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

    [Fact]
    public void A_document_holds_nothing_that_its_seal_does_not_cover()
    {
        // Every value of the file, changed one by one, changes what the seal covers or is refused.
        JsonNode whole = JsonNode.Parse(Json)!;
        byte[] covered = CertificateDocument.Parse(Json, "it").SealedBytes();
        foreach (string path in Leaves(whole, "").Where(path => !path.StartsWith("seal.", StringComparison.Ordinal)))
        {
            string value = path.EndsWith("label", StringComparison.Ordinal) ? "1"
                : path.EndsWith("file", StringComparison.Ordinal) ? "\"other.png\""
                : Other(Find(whole, path.Split('.')));
            byte[] changed;
            try
            {
                changed = CertificateDocument.Parse(WithLeaf(path, value), "it").SealedBytes();
            }
            catch (CertiPureException)
            {
                continue;
            }

            Assert.False(covered.AsSpan().SequenceEqual(changed), $"{path} can be changed under the seal");
        }

        static string Other(JsonNode? leaf) => leaf?.GetValueKind() switch
        {
            null => "\"x\"",
            JsonValueKind.String => $"\"{leaf.GetValue<string>()}x\"",
            JsonValueKind.False => "true",
            _ => "7",
        };
    }

    [Fact]
    public void The_seal_covers_every_value()
    {
        CertificateDocument one = Example();
        CertificateDocument other = one with
        {
            Software = "CertiPure 2.0.0",
            IssuedAt = DateTimeOffset.UnixEpoch.AddDays(1),
            SeedChosenBy = SeedOrigin.Client,
            Experiment = one.Experiment with { Seed = 43, Sigma = 0.25 },
            Certificate = one.Certificate with { Label = 2, Seconds = 2 },
            Pixels = [1, 2, 3, 4],
        };
        foreach (CertificateDocument document in (CertificateDocument[])[one, other])
        {
            JsonNode whole = JsonNode.Parse(document.ToJson())!;
            whole["seal"] = null;
            Assert.Equal(whole.ToJsonString(), JsonNode.Parse(document.SealedBytes())!.ToJsonString());
        }
    }

    [Fact]
    public void A_document_of_version_1_is_read_and_its_seal_covers_all_of_it()
    {
        byte[] json = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Results", "certificate-1.json"));
        CertificateDocument document = CertificateDocument.Parse(json, "it");
        Assert.Empty(CertificateVerifier.Check(document.Experiment, document.Certificate));
        Assert.True(document.IgnoresImage());
        Assert.Equal([251, 239, 190, 255], document.Pixels);
        Assert.Equal(document.Seal!.Code, Code(document));

        // A browser writes 1E-05 as 0.00001 and leaves out white space.
        string text = Encoding.UTF8.GetString(json);
        string browser = JsonNode.Parse(text.Replace("1E-05", "0.00001", StringComparison.Ordinal))!.ToJsonString();
        Assert.Equal(document.Seal.Code, Code(CertificateDocument.Parse(Encoding.UTF8.GetBytes(browser), "it")));

        string changed = text.Replace("\"length\": 4", "\"length\": 5", StringComparison.Ordinal);
        Assert.NotEqual(document.Seal.Code, Code(CertificateDocument.Parse(Encoding.UTF8.GetBytes(changed), "it")));
        string unknown = text.Replace("\"image\"", "\"picture\"", StringComparison.Ordinal);
        Assert.Throws<CertiPureException>(() => CertificateDocument.Parse(Encoding.UTF8.GetBytes(unknown), "it"));

        static string Code(CertificateDocument document) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a secret of the tests"), document.SealedBytes()));
    }

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

    private static IEnumerable<string> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject value => value.SelectMany(member => Leaves(member.Value, path + member.Key + ".")),
        JsonArray list => list.SelectMany((element, i) => Leaves(element, $"{path}{i}.")),
        _ => [path.TrimEnd('.')],
    };

    private static JsonNode? Find(JsonNode root, IEnumerable<string> names) => names.Aggregate(
        (JsonNode?)root, (node, name) => node is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : node![name]);

    private static byte[] WithLeaf(string path, string value)
    {
        JsonNode root = JsonNode.Parse(Json)!;
        string[] names = path.Split('.');
        JsonNode parent = Find(root, names.SkipLast(1))!;
        if (parent is JsonArray array)
        {
            array[int.Parse(names[^1], CultureInfo.InvariantCulture)] = JsonNode.Parse(value);
        }
        else
        {
            parent[names[^1]] = JsonNode.Parse(value);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
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
