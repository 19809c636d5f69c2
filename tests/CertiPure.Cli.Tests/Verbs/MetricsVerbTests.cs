using System.Text.Json;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using static TorchSharp.torch;

namespace CertiPure.Cli.Tests.Verbs;

public sealed class MetricsVerbTests : IDisposable
{
    private const string Classifier = "fashion-mnist";

    private readonly Workbench _bench = new(images: 140);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_distance_of_pytorch_fids_statistics_is_the_references()
    {
        LibTorch.Load();
        string fixture = FindFixture("calculate_frechet_distance");
        using (Checkpoint numbers = SafeTensors.Read(Path.Combine(fixture, "io.safetensors")))
        {
            foreach (string set in (string[])["a", "b"])
            {
                using Tensor features = CheckpointLoader.ToTensor(numbers["features_" + set]);
                // As pytorch-fid writes them: without a network's name and a count.
                FeatureStatistics told = FeatureStatistics.Of("", features);
                FeatureStatisticsFile.Write(
                    _bench.At(set + ".npz"), new FeatureStatistics("pytorch-fid's Inception-v3", null, told.Mean, told.Covariance));
            }

            using Tensor expected = CheckpointLoader.ToTensor(numbers["frechet"]);
            double reference = expected.to(ScalarType.Float64).item<double>();
            string json = (await Metrics("fid", _bench.At("a.npz"), _bench.At("b.npz"), "--json")).Succeeded();
            JsonElement answer = JsonDocument.Parse(json).RootElement;
            Assert.Equal(1, answer.GetProperty("value").GetDouble() / reference, 5e-4);
            Assert.Contains("Inception-v3", answer.GetProperty("network").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ex_p0.png", 0.7112)]
    [InlineData("ex_p1.png", 0.1479)]
    public async Task Lpips_of_the_published_pictures_is_as_published(string file, double distance)
    {
        string json = (await Metrics(
            "lpips", DataPath("ex_ref.png"), DataPath(file), "--network", "squeeze",
            "--lpips-backbone", DataPath("squeezenet1_1_from_ncnn_fp16.pth"), "--lpips-heads", DataPath("lin_squeeze.pth"), "--json")).Succeeded();
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        Assert.Equal(distance, answer.GetProperty("mean").GetDouble(), 0.001);
        Assert.StartsWith("squeeze 0.1, as they are, backbone ", answer.GetProperty("network").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_folders_purified_images_are_compared_with_its_clean_ones()
    {
        (await CommandResult.Of(_bench.Certify(("--images", "0..2")))).Succeeded();
        string[] network = ["--network", "classifier", "--weights", Classifier, "--data-dir", _bench.Data, "--cache", _bench.At("cache")];
        // Three images cannot span 128 features.
        CommandResult few = await Metrics(["fid", _bench.Run, .. network]);
        Assert.Equal((int)ExitCode.Refused, few.ExitCode);
        Assert.Contains("128 features of 3 images", few.Error, StringComparison.Ordinal);
        string text = (await Metrics(["fid", _bench.Run, "--accept-few-images", .. network])).Succeeded();
        Assert.Contains("CIFAR ResNet last layer, 1x28x28, weights ", text, StringComparison.Ordinal);
        Assert.Contains("3 and 3 images", text, StringComparison.Ordinal);
        Assert.Contains("noisy at sigma 0.25", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_in_int8_is_purified_in_fp32_and_the_set_says_so()
    {
        (await CommandResult.Of(_bench.Certify(
            ("--images", "0..2"), ("--purifier", "consistency:fashion-mnist"), ("--n0", "4"), ("--n", "12"))))
            .Succeeded();
        string manifest = Path.Combine(_bench.Run, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"precision\": \"fp32\"", "\"precision\": \"int8\"", StringComparison.Ordinal));

        string text = (await Metrics(
            "fid", _bench.Run, "--accept-few-images", "--network", "classifier", "--weights", Classifier, "--data-dir", _bench.Data,
            "--cache", _bench.At("cache"))).Succeeded();

        Assert.Contains("purified by consistency (exact, fp32 in place of int8, weights ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_that_are_saved_are_at_no_distance_from_their_images()
    {
        string[] network = ["--network", "classifier", "--weights", Classifier, "--data-dir", _bench.Data, "--cache", _bench.At("cache")];
        (await Metrics(["fid", "fashion-mnist", "fashion-mnist", "--save", _bench.At("s.npz"), .. network])).Succeeded();
        string json = (await Metrics(["fid", _bench.At("s.npz"), "fashion-mnist", "--json", .. network])).Succeeded();
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        Assert.Equal(0, answer.GetProperty("value").GetDouble(), 1e-6);
        Assert.Equal(140, answer.GetProperty("first").GetProperty("images").GetInt64());
        (await Metrics(["fid", "fashion-mnist", "fashion-mnist", "--save", _bench.At("s.npz"), .. network]))
            .Refused(ExitCode.Refused, "already exists");
    }

    [Fact]
    public async Task Transport_is_measured_at_every_level()
    {
        string json = (await Metrics(
            "transport", "--data", "fashion-mnist", "--data-dir", _bench.Data, "--images", "0..4", "--purifier", "consistency:fashion-mnist",
            "--sigma", "0.5,0.25", "--draws", "2", "--assign", "3", "--json")).Succeeded();
        JsonElement[] levels = [.. JsonDocument.Parse(json).RootElement.GetProperty("levels").EnumerateArray()];
        Assert.Equal([0.25, 0.5], levels.Select(level => level.GetProperty("sigma").GetDouble()));
        Assert.All(levels, level => Assert.Equal(
            (5, 2, 3),
            (level.GetProperty("images").GetInt32(), level.GetProperty("draws").GetInt32(), level.GetProperty("assigned").GetInt32())));
        Assert.All(levels, level => Assert.True(level.GetProperty("meanDistance").GetDouble() > 0));
    }

    [Fact]
    public async Task Hostile_statistics_and_questions_without_meaning_are_refused_in_one_sentence()
    {
        string hostile = _bench.At("hostile.npz");
        File.WriteAllBytes(hostile, [0x50, 0x4B, 3, 4, 9, 9]);
        (await Metrics("fid", hostile, hostile)).Refused(ExitCode.Failed, "hostile.npz");
        (await Metrics("fid", _bench.At("missing.npz"), hostile)).Refused(ExitCode.Failed, "missing.npz");
        (await Metrics("fid", "fashion-mnist")).Refused(ExitCode.Usage, "two sets");
        (await Metrics("lpips", "a", "b", "c")).Refused(ExitCode.Usage, "two sets");
        (await Metrics("transport")).Refused(ExitCode.Usage, "--data");
        (await Metrics("transport", "no-run")).Refused(ExitCode.Usage, "no-run");
        (await Metrics("transport", "--data", "fashion-mnist", "--data-dir", _bench.Data)).Refused(ExitCode.Usage, "--sigma");
        (await Metrics("transport", "--data", "fashion-mnist", "--data-dir", _bench.Data, "--sigma", "0.5")).Refused(ExitCode.Usage, "--purifier");
        (await Metrics("transport", "--sigma", "0.5,none")).Refused(ExitCode.Usage, "none");
        (await Metrics("psnr", "a", "b")).Refused(ExitCode.Usage, "psnr");
        (await Metrics("fid", "fashion-mnist", "fashion-mnist", "--data-dir", _bench.Data)).Refused(ExitCode.Failed, "fid-inception", "certipure data get", "--weights");
    }

    private static Task<CommandResult> Metrics(params string[] arguments) => CommandResult.Of(["metrics", .. arguments]);

    private static string FindFixture(string reference)
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_FIXTURES");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_FIXTURES names no folder of fixtures.");
        string? found = Directory.EnumerateDirectories(root!).FirstOrDefault(folder =>
            File.ReadAllText(Path.Combine(folder, "spec.json")).Contains(reference, StringComparison.Ordinal));
        Assert.SkipWhen(found is null, $"No fixture in {root} is of {reference}.");
        return found!;
    }

    private static string DataPath(string file)
    {
        string? root = Environment.GetEnvironmentVariable("CERTIPURE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), "CERTIPURE_DATA names no folder of data.");
        string path = Path.Combine(root!, "lpips", file);
        Assert.SkipUnless(File.Exists(path), $"{path} does not exist.");
        return path;
    }
}
