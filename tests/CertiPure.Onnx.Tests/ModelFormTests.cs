using CertiPure.Images;

namespace CertiPure.Onnx.Tests;

/// <summary>One classifier in the forms in which exporters write them, by the onnx package of Python (Models/make.py).</summary>
public sealed class ModelFormTests
{
    private static readonly ImageShape Shape = new(3, 2, 4);

    [Theory]
    [InlineData("nhwc", 1e-6)]
    [InlineData("nhwc-batch1", 1e-6)]
    [InlineData("half", 0.02)]
    [InlineData("double", 1e-6)]
    [InlineData("pooled", 1e-6)]
    [InlineData("features-first", 1e-6)]
    [InlineData("beside", 1e-6)]
    public void Every_form_gives_the_scores_of_the_plain_one(string name, double tolerance)
    {
        ImageBatch images = Images();
        using var plain = new OnnxClassifier(Model("plain"), Shape);
        using var other = new OnnxClassifier(Model(name), Shape);

        Assert.Equal((plain.Shape, plain.ClassCount), (other.Shape, other.ClassCount));
        Assert.All(plain.Logits(images).Zip(other.Logits(images)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    [Fact]
    public void Bytes_are_rounded_and_kept_within_0_to_255()
    {
        using var plain = new OnnxClassifier(Model("plain"), Shape);
        using var bytes = new OnnxClassifier(Model("bytes"), Shape);
        var values = new float[Shape.Length];
        values[0] = -20;
        values[1] = 300;
        values[2] = 127.6f;
        var clamped = new float[Shape.Length];
        (clamped[1], clamped[2]) = (1, 128 / 255f);

        Assert.True(bytes.TakesBytes);
        Assert.All(
            plain.Logits(new ImageBatch(Shape, clamped)).Zip(bytes.Logits(new ImageBatch(Shape, values))),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Of_several_outputs_the_one_computed_from_the_others_or_the_one_named_gives_the_scores()
    {
        using var features = new OnnxClassifier(Model("features-first"));
        Assert.Equal(("y", 5), (features.Output, features.ClassCount));
        using var named = new OnnxClassifier(Model("features-first"), output: "f");
        Assert.Equal(("f", 24), (named.Output, named.ClassCount));
        var unclear = Assert.Throws<CertiPureException>(() => new OnnxClassifier(Model("two-heads")));
        Assert.Equal(ErrorReason.OutputUnclear, unclear.Reason);
        Assert.Contains("'y' (Float [-1,5]), 'z' (Float [-1,5])", unclear.Message, StringComparison.Ordinal);
        Assert.Contains("no output 'q'", Assert.Throws<CertiPureException>(() => new OnnxClassifier(Model("plain"), output: "q")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_classes_are_read_from_the_metadata()
    {
        using var plain = new OnnxClassifier(Model("plain"));
        Assert.Equal(["ant", "bee", "cat", "dog", "eel"], plain.ClassNames);
        using var other = new OnnxClassifier(Model("nhwc"));
        Assert.Empty(other.ClassNames);
    }

    [Fact]
    public void Every_file_of_a_model_is_hashed()
    {
        using var beside = new OnnxClassifier(Model("beside"));
        Assert.Equal(["beside.onnx", "beside.data"], beside.Files.Keys);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Model("beside")[..^5] + ".data"))),
            beside.Files["beside.data"]);
    }

    private static string Model(string name) => Path.Combine(AppContext.BaseDirectory, "Models", name + ".onnx");

    private static ImageBatch Images()
    {
        var random = new Random(3);
        return new ImageBatch(Shape, Enumerable.Range(0, 3 * Shape.Length).Select(_ => (float)random.NextDouble()).ToArray());
    }
}
