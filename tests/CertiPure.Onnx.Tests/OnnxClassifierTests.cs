using System.Security.Cryptography;
using CertiPure.Images;

namespace CertiPure.Onnx.Tests;

public sealed class OnnxClassifierTests : IDisposable
{
    private static readonly ImageShape Shape = new(2, 3, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-onnx-").FullName;

    private string Model => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void A_linear_model_gives_its_closed_form_whatever_batch_size_it_fixes(int fixedBatch)
    {
        (float[,] weights, float[] bias) = Layer(3, 5);
        OnnxModelFile.WriteLinear(Model, [fixedBatch, 2, 3, 2], weights, bias);
        using var classifier = new OnnxClassifier(Model, threads: 1);
        ImageBatch images = Images(6);

        float[] logits = classifier.Logits(images);

        Assert.Equal(Shape, classifier.Shape);
        Assert.Equal(3, classifier.ClassCount);
        Assert.Equal(6 * 3, logits.Length);
        for (int image = 0; image < 6; image++)
        {
            for (int k = 0; k < 3; k++)
            {
                double expected = bias[k];
                for (int i = 0; i < Shape.Length; i++)
                {
                    expected += (double)weights[k, i] * images[image][i];
                }

                Assert.Equal(expected, logits[(image * 3) + k], 1e-5);
            }
        }
    }

    [Fact]
    public void No_image_gives_no_logits()
    {
        WriteUsual(1);
        using var classifier = new OnnxClassifier(Model);
        Assert.Empty(classifier.Logits(new ImageBatch(Shape, 0)));
    }

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        WriteUsual(0);
        using var classifier = new OnnxClassifier(Model);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Model))), classifier.Sha256);
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("ABSOLUTE")]
    public void Weights_in_a_file_of_another_folder_are_refused(string file)
    {
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName, model = Path.Combine(inner, "model.onnx");
        (float[,] weights, float[] bias) = Layer(3, 5);
        file = file == "ABSOLUTE" ? Path.Combine(_folder, "weights.bin") : file;
        OnnxModelFile.WriteLinear(model, [0, 2, 3, 2], weights, bias, weightsFile: file);
        Refused("does not lie beside it", () => new OnnxClassifier(model));
    }

    [Fact]
    public void Weights_beside_the_model_are_not_looked_for_in_the_working_directory()
    {
        // ONNX Runtime looks there for the external data of a model that was loaded from bytes.
        string name = Path.GetRandomFileName(), weightsFile = Path.GetFullPath(name);
        (float[,] weights, float[] bias) = Layer(3, 5);
        OnnxModelFile.WriteLinear(Model, [0, 2, 3, 2], weights, bias, weightsFile: name);
        File.Copy(Path.Combine(_folder, name), weightsFile);
        try
        {
            File.Delete(Path.Combine(_folder, name));
            Refused("cannot be read beside it", () => new OnnxClassifier(Model));
        }
        finally
        {
            File.Delete(weightsFile);
        }
    }

    [Fact]
    public void A_file_of_more_than_two_gigabytes_is_refused_before_it_is_read()
    {
        using (FileStream sparse = File.Create(Model))
        {
            sparse.SetLength(3L << 30);
        }

        Refused("ONNX files end at 2 GB", () => new OnnxClassifier(Model));
    }

    [Theory]
    [InlineData(1, 50_000, 50_000)]
    [InlineData(0, 50_000, 50_000)]
    [InlineData(int.MaxValue, 3, 2)]
    public void A_declared_size_of_no_image_is_refused_before_any_memory_is_taken(long batch, long height, long width)
    {
        OnnxModelFile.WriteIdentity(Model, [batch, 3, height, width]);
        Refused("export it with smaller ones", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void An_open_image_size_is_filled_in_by_the_data()
    {
        (float[,] weights, float[] bias) = Layer(3, 5);
        OnnxModelFile.WriteLinear(Model, [0, 2, 0, 0], weights, bias);
        using var classifier = new OnnxClassifier(Model, Shape);
        Assert.Equal(Shape, classifier.Shape);
        Refused("leaves its image size open", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void Images_of_another_size_are_refused_before_and_during_the_run()
    {
        WriteUsual(0);
        CertiPureException error = Refused("takes images of 2x3x2", () => new OnnxClassifier(Model, new ImageShape(3, 32, 32)));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        using var classifier = new OnnxClassifier(Model);
        Assert.Throws<ArgumentException>(() => classifier.Logits(new ImageBatch(new ImageShape(2, 2, 3), 1)));
    }

    [Fact]
    public void A_missing_file_is_refused() => Refused("cannot be read", () => new OnnxClassifier(Model));

    [Fact]
    public void A_file_that_is_no_onnx_model_is_refused()
    {
        File.WriteAllText(Model, "not a protocol buffer");
        Refused("not an ONNX model", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void A_truncated_model_is_refused_at_every_length()
    {
        WriteUsual(0);
        byte[] whole = File.ReadAllBytes(Model);
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Model, whole[..length]);
            Assert.Throws<CertiPureException>(() => new OnnxClassifier(Model).Dispose());
        }
    }

    [Fact]
    public void A_model_that_returns_an_image_is_no_classifier()
    {
        OnnxModelFile.WriteIdentity(Model, [0, 2, 3, 2]);
        Refused("its output 'same' has the shape [2,2,3,2]", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void A_model_of_flat_vectors_is_no_image_classifier()
    {
        (float[,] weights, float[] bias) = Layer(3, 5);
        OnnxModelFile.WriteLinear(Model, [0, 12], weights, bias);
        Refused("its input 'images' is Single [-1,12]", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void A_model_of_two_inputs_is_refused()
    {
        OnnxModelFile.WriteSum(Model, [0, 2, 3, 2]);
        Refused("it has 2 inputs (left, right)", () => new OnnxClassifier(Model));
    }

    [Fact]
    public void A_model_of_one_class_is_refused()
    {
        (float[,] weights, float[] bias) = Layer(1, 5);
        OnnxModelFile.WriteLinear(Model, [0, 2, 3, 2], weights, bias);
        Refused("[2,1]", () => new OnnxClassifier(Model));
    }

    private static CertiPureException Refused(string expected, Func<OnnxClassifier> open)
    {
        var error = Assert.Throws<CertiPureException>(() => open().Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        return error;
    }

    private void WriteUsual(int fixedBatch)
    {
        (float[,] weights, float[] bias) = Layer(3, 5);
        OnnxModelFile.WriteLinear(Model, [fixedBatch, 2, 3, 2], weights, bias);
    }

    private static (float[,] Weights, float[] Bias) Layer(int classes, int seed)
    {
        var random = new Random(seed);
        var weights = new float[classes, Shape.Length];
        var bias = new float[classes];
        for (int k = 0; k < classes; k++)
        {
            bias[k] = random.NextSingle() - 0.5f;
            for (int i = 0; i < Shape.Length; i++)
            {
                weights[k, i] = random.NextSingle() - 0.5f;
            }
        }

        return (weights, bias);
    }

    private static ImageBatch Images(int count)
    {
        var random = new Random(1);
        var images = new ImageBatch(Shape, count);
        foreach (ref float pixel in images.Pixels.Span)
        {
            pixel = random.NextSingle();
        }

        return images;
    }
}
