using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Onnx.Tests;

namespace CertiPure.Cli.Tests.OwnData;

/// <summary>Pictures without labels, from a folder to a report.</summary>
public sealed class OwnPicturesTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Pictures_without_labels_are_certified_reported_and_exported_by_file_and_class()
    {
        string photos = Directory.CreateDirectory(_bench.At("photos")).FullName, names = _bench.At("names.txt");
        for (int i = 0; i < 3; i++)
        {
            var pixels = new byte[28 * 28];
            Array.Fill(pixels, (byte)(80 * i));
            File.WriteAllBytes(Path.Combine(photos, $"photo {i}.png"), PngImage.Encode(new LabeledImage(0, null, new ImageShape(1, 28, 28), pixels)));
        }

        File.WriteAllText(Path.Combine(photos, "notes.txt"), "notes");
        File.WriteAllText(names, string.Join('\n', Enumerable.Range(0, 10).Select(i => $"class {(char)('a' + i)}")));
        string[] model = ["--classifier", _bench.Classifier, "--classes", names, "--sigma", "0.25", "--n", "100", "--seed", "0", "--threads", "1"];

        CommandResult certified = await CommandResult.Of(["certify", "--data", photos, "--out", _bench.Run, .. model]);
        Assert.Equal(0, certified.ExitCode);
        Assert.Contains("3 images without labels of 28x28 pixels; 1 file left out: 1 .txt.", certified.Error, StringComparison.Ordinal);
        string predicted = (await CommandResult.Of(["predict", "--data", photos, .. model])).Succeeded();
        Assert.Contains("\tphoto 2.png\n", predicted, StringComparison.Ordinal);

        string report = (await CommandResult.Of("report", _bench.Run)).Succeeded();
        Assert.Contains("of 3 images no change of L2 norm below 0.25 alters the answer", report, StringComparison.Ordinal);
        Assert.Contains("photo 0.png", report, StringComparison.Ordinal);
        string csv = (await CommandResult.Of("export", _bench.Run, "--format", "csv")).Succeeded();
        Assert.StartsWith("id,file,predicted,radius\n0,photo 0.png,", csv, StringComparison.Ordinal);
        string page = (await CommandResult.Of("report", _bench.Run, "--format", "html", "--data", photos)).Succeeded();
        Assert.Contains("photo 1.png", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png", page, StringComparison.Ordinal);
        (await CommandResult.Of("report", _bench.Run, "--format", "svg")).Refused(ExitCode.Usage, "no labels");
    }

    [Fact]
    public async Task Strict_refuses_what_would_be_left_out()
    {
        string photos = Directory.CreateDirectory(_bench.At("photos")).FullName;
        File.WriteAllBytes(Path.Combine(photos, "a.png"), PngImage.Encode(new LabeledImage(0, null, new ImageShape(1, 28, 28), new byte[784])));
        File.WriteAllText(Path.Combine(photos, "b.heic"), "x");

        (await CommandResult.Of("predict", "--data", photos, "--classifier", _bench.Classifier, "--sigma", "0.25", "--strict"))
            .Refused(ExitCode.Refused, "1 .heic");
    }

    [Fact]
    public async Task One_class_for_all_pictures_is_remarked_on()
    {
        string photos = Directory.CreateDirectory(_bench.At("photos")).FullName, constant = _bench.At("constant.onnx");
        for (int i = 0; i < 6; i++)
        {
            File.WriteAllBytes(
                Path.Combine(photos, $"{i}.png"), PngImage.Encode(new LabeledImage(0, null, new ImageShape(1, 28, 28), Enumerable.Repeat((byte)(40 * i), 784).ToArray())));
        }

        OnnxModelFile.WriteLinear(constant, [0, 1, 28, 28], new float[10, 784], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        string[] options = ["--data", photos, "--classifier", constant, "--sigma", "0.25", "--n", "100", "--seed", "0"];

        string output = (await CommandResult.Of(["certify", "--out", _bench.Run, .. options])).Succeeded();
        string few = (await CommandResult.Of(["certify", "--out", _bench.At("few"), "--images", "0..3", .. options])).Succeeded();

        Assert.Contains("All 6 certified images got class 3", output, StringComparison.Ordinal);
        Assert.DoesNotContain("certified images got class", few, StringComparison.Ordinal);
    }
}
