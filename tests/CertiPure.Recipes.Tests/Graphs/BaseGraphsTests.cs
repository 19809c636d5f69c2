using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Onnx.Graph;
using CertiPure.Onnx.Tests;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Graphs;
using CertiPure.Recipes.Runs;
using CertiPure.Recipes.Tests.Reproduce;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Tests.Graphs;

public sealed class BaseGraphsTests : IDisposable
{
    private const double Sigma = 0.5;

    private static readonly ImageShape Grey = new(1, 28, 28);
    private static readonly BundledModels Bundled = BundledModels.OfProgram;

    private readonly SmallModels _models = new("consistency");

    public static TheoryData<string, string> BundledFiles() =>
        [.. Bundled.Names.SelectMany(name => Bundled.Files(name).Select(file => (name, file)))];

    /// <summary>What each engine refuses, and a word of the reason.</summary>
    public static TheoryData<Engine, Precision, string> Refusals => new()
    {
        { Engine.Torch, Precision.Int8, "TorchSharp" },
        { Engine.Onnx, Precision.Bf16, "bf16" },
        { Engine.Onnx, Precision.Int8, "training images" },
    };

    private ModelRequest Small => new(
        Path.Combine(_models.Models, "classifier.safetensors"),
        new PurifierChoice("consistency", Path.Combine(_models.Models, "consistency.safetensors")),
        Sigma,
        Grey)
    {
        BatchSize = 4,
        Workers = 1,
        Threads = 1,
    };

    public void Dispose() => _models.Dispose();

    [Theory]
    [MemberData(nameof(BundledFiles))]
    public void The_graph_of_every_bundled_network_gives_its_scores(string name, string file)
    {
        bool isClassifier = file.Contains("classifier", StringComparison.Ordinal) || file.StartsWith("smoothed-", StringComparison.Ordinal);
        string method = file is "edm" or "ddpm" or "calibrated" ? file : "consistency";
        ImageShape shape = name == "fashion-mnist" ? Grey : new ImageShape(3, 32, 32);
        var request = new ModelRequest(
            isClassifier ? $"{name}/{file}" : name, isClassifier ? PurifierChoice.None : new PurifierChoice(method, $"{name}/{file}"), Sigma, shape)
        {
            BatchSize = 4,
            Workers = 1,
            Threads = 1,
        };
        using BaseModel torch = ModelCatalog.Load(request), onnx = ModelCatalog.Load(request with { Engine = Engine.Onnx });

        Assert.InRange(Error(torch, onnx), 0, 1e-4);
    }

    [Fact]
    public void A_network_in_8_bits_is_near_the_exact_one_and_the_same_each_time()
    {
        ModelRequest request = Small with { Engine = Engine.Onnx, Precision = Precision.Int8, Calibration = new CalibrationImages(Noise(11)) };
        using BaseModel exact = ModelCatalog.Load(Small), once = ModelCatalog.Load(request), again = ModelCatalog.Load(request with { Threads = 2 });

        Assert.InRange(Error(exact, once), 1e-6, 0.1);
        Assert.Equal(once.Engine, again.Engine);
        Assert.Equal(Engine.Onnx, once.Engine.Name);
        Assert.Equal(OnnxRuntimeLibrary.Version, once.Engine.Version);
        Assert.Equal(IntegerInstructions.Name, once.Engine.InstructionSet);
        Assert.Equal(once.Engine.GraphSha256, GraphModel.Hash(BaseGraphs.Load(request).ToBytes()));
    }

    [Fact]
    public void Other_images_to_calibrate_by_make_another_graph_that_cannot_stand_for_the_run()
    {
        ModelRequest request = Small with { Engine = Engine.Onnx, Precision = Precision.Int8 };
        using BaseModel run = ModelCatalog.Load(request with { Calibration = new CalibrationImages(Noise(11)) });
        using BaseModel other = ModelCatalog.Load(request with { Calibration = new CalibrationImages(Noise(12)) });
        Experiment experiment = run.Describe(Noise(13), [0], new FixedPlan(10, 20, 0.001), 0, NoiseKind.Normal);

        run.RefuseOtherWeights(experiment);
        Assert.Contains(
            "int8 graph", Assert.Throws<CertiPureException>(() => other.RefuseOtherWeights(experiment)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_without_a_layer_for_8_bits_are_refused()
    {
        string narrow = _models.At("narrow.safetensors");
        SmallModels.SaveClassifier(narrow, 7, width: 8);
        ModelRequest request = Small with
        {
            Classifier = narrow,
            Purifier = PurifierChoice.None,
            Engine = Engine.Onnx,
            Precision = Precision.Int8,
            Calibration = new CalibrationImages(Noise(11)),
        };

        var error = Assert.Throws<CertiPureException>(() => ModelCatalog.Load(request));
        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("int8 would change nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_images_to_certify_do_not_calibrate()
    {
        var calibration = new CalibrationImages(Noise(11));

        calibration.RefuseCertified(Noise(12).PixelSha256);
        Assert.Equal(
            ErrorReason.Refused, Assert.Throws<CertiPureException>(() => calibration.RefuseCertified(Noise(11).PixelSha256)).Reason);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void An_engine_refuses_what_it_does_not_compute(Engine engine, Precision precision, string word) =>
        Assert.Contains(
            word,
            Assert.Throws<CertiPureException>(() => ModelCatalog.Load(Small with { Engine = engine, Precision = precision })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_finished_graph_is_no_part_of_another_one()
    {
        string path = _models.At("linear.onnx");
        OnnxModelFile.WriteLinear(path, [0, 1, 28, 28], new float[10, 784], new float[10]);

        Assert.Throws<CertiPureException>(() => ModelCatalog.Load(Small with { Classifier = path, Engine = Engine.Onnx }));
        Assert.Throws<CertiPureException>(() => BaseGraphs.Load(Small with { Classifier = path }));
    }

    [Fact]
    public void An_exported_file_is_the_base_classifier_at_its_own_noise_level_alone()
    {
        string path = _models.At("base.onnx");
        File.WriteAllBytes(path, BaseGraphs.Load(Small).ToBytes());
        ModelRequest alone = Small with { Classifier = path, Purifier = PurifierChoice.None };
        using BaseModel torch = ModelCatalog.Load(Small), exported = ModelCatalog.Load(alone);

        Assert.InRange(Error(torch, exported), 0, 1e-4);
        Assert.Contains(
            "sigma 0.5", Assert.Throws<CertiPureException>(() => ModelCatalog.Load(alone with { Sigma = 0.25 })).Message, StringComparison.Ordinal);
        Assert.Contains(
            "twice", Assert.Throws<CertiPureException>(() => ModelCatalog.Load(Small with { Classifier = path })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measuring_takes_one_of_the_engines_and_names_it()
    {
        using BaseModel model = ModelCatalog.Load(Small with { MeasuresEngine = true }), torch = ModelCatalog.Load(Small);

        Assert.Equal(model.Engine.Name == Engine.Onnx, model.Engine.GraphSha256 is not null);
        Assert.InRange(Error(torch, model), 0, 1e-4);
    }

    [Fact]
    public void Concurrent_workers_get_the_scores_of_one()
    {
        using BaseModel model = ModelCatalog.Load(
            Small with { Engine = Engine.Onnx, Precision = Precision.Int8, Calibration = new CalibrationImages(Noise(11)) });
        ImageBatch[] batches = [.. Enumerable.Range(0, 8).Select(i => Batch(100 + i))];
        float[][] expected = [.. batches.Select(model.BaseClassifier.Scores)];

        float[][] computed = [.. batches.AsParallel().AsOrdered().WithDegreeOfParallelism(4).Select(model.BaseClassifier.Scores)];

        Assert.Equal(expected, computed);
    }

    /// <summary>The largest difference of scores, as a share of the largest score.</summary>
    private static double Error(BaseModel expected, BaseModel computed)
    {
        var batch = new ImageBatch(expected.BaseClassifier.Shape, 4);
        for (int i = 0; i < batch.Count; i++)
        {
            new NoiseSource(3).AddNoise(new float[batch.Shape.Length], i, NoisePhase.Display, 0, Sigma, batch[i]);
        }

        float[] exact = expected.BaseClassifier.Scores(batch), other = computed.BaseClassifier.Scores(batch);
        return exact.Zip(other).Max(pair => Math.Abs(pair.First - pair.Second)) / exact.Max(Math.Abs);
    }

    private static ImageBatch Batch(int seed)
    {
        ImageSet images = Noise(seed);
        var batch = new ImageBatch(Grey, 4);
        for (int i = 0; i < batch.Count; i++)
        {
            images.Read(i).CopyPixels(batch[i]);
        }

        return batch;
    }

    private static ImageSet Noise(int seed)
    {
        var bytes = new byte[8 * Grey.Length];
        new Random(seed).NextBytes(bytes);
        return new ImageSet($"noise{seed}", "train", Grey, bytes, null, [.. Enumerable.Range(0, 10).Select(k => $"class {k}")]);
    }
}
