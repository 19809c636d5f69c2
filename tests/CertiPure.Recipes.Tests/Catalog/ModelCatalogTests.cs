using CertiPure.Images;
using CertiPure.Onnx.Tests;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Recipes.Tests.Reproduce;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Tests.Catalog;

/// <summary>Files that fix their own precision, ONNX and TorchScript, beside networks that compute in the one asked for.</summary>
public sealed class ModelCatalogTests : IDisposable
{
    private readonly SmallModels _models = new("consistency");

    public void Dispose() => _models.Dispose();

    [Fact]
    public void An_onnx_classifier_is_refused_in_bf16_alone_and_taken_behind_a_bf16_purifier()
    {
        string path = _models.At("linear.onnx");
        OnnxModelFile.WriteLinear(path, [0, 1, 28, 28], new float[10, 784], new float[10]);
        Expect_refused_alone_and_taken_behind(
            path, new PurifierChoice("consistency", Path.Combine(_models.Models, "consistency.safetensors")), new ImageShape(1, 28, 28));
    }

    [Fact]
    public void Bf16_is_remarked_on_where_the_processor_computes_it_slowly_and_fp32_and_gpus_are_not()
    {
        Assert.Equal(
            ComputeDevice.Processor.HasFastBf16, ModelCatalog.PrecisionRemark(Precision.Bf16, ComputeDevice.Processor) is null);
        Assert.Null(ModelCatalog.PrecisionRemark(Precision.Fp32, ComputeDevice.Processor));
        Assert.Null(ModelCatalog.PrecisionRemark(Precision.Bf16, new ComputeDevice(0)));
    }

    [Fact]
    public void An_onnx_classifier_alone_is_refused_another_device_than_the_processor()
    {
        string path = _models.At("linear.onnx");
        OnnxModelFile.WriteLinear(path, [0, 1, 28, 28], new float[10, 784], new float[10]);
        var request = new ModelRequest(path, PurifierChoice.None, 0.5, new ImageShape(1, 28, 28)) { Device = new ComputeDevice(0) };
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => ModelCatalog.Load(request)).Reason);
    }

    [Fact]
    public void Purifier_and_classifier_compute_in_the_precision_that_is_asked_for()
    {
        string purifier = Path.Combine(_models.Models, "consistency.safetensors"), classifier = Path.Combine(_models.Models, "classifier.safetensors");
        ImageBatch images = SmallModels.NoisyImages();
        var request = new ModelRequest(classifier, new PurifierChoice("consistency", purifier), 0.5, images.Shape);
        using var exact = (TorchPurifier)ModelCatalog.LoadPurifier(request)!;
        using var rounded = (TorchPurifier)ModelCatalog.LoadPurifier(request with { Precision = Precision.Bf16 })!;
        Assert.InRange(Distance(exact.Purify(images, 0.5).Pixels.ToArray(), rounded.Purify(images, 0.5).Pixels.ToArray()), double.Epsilon, 0.1);

        using BaseModel exactAlone = ModelCatalog.Load(request with { Purifier = PurifierChoice.None, BatchSize = images.Count });
        using BaseModel roundedAlone = ModelCatalog.Load(
            request with { Purifier = PurifierChoice.None, BatchSize = images.Count, Precision = Precision.Bf16 });
        Assert.InRange(Distance(exactAlone.BaseClassifier.Scores(images), roundedAlone.BaseClassifier.Scores(images)), double.Epsilon, 0.1);

        // As a share of the largest value. In one precision both would be the same bit for bit; the untrained denoiser adds very little.
        static double Distance(float[] exact, float[] rounded) =>
            exact.Zip(rounded, (a, b) => Math.Abs(a - b)).Max() / exact.Max(Math.Abs);
    }

    [Fact]
    public void A_purifier_for_images_of_another_shape_is_refused_by_name()
    {
        var purifier = new PurifierChoice("consistency", Path.Combine(_models.Models, "consistency.safetensors"));
        CertiPureException refusal = Assert.Throws<CertiPureException>(
            () => ModelCatalog.LoadPurifier(new ModelRequest("", purifier, 0.5, new ImageShape(3, 32, 32))));
        Assert.Equal(ErrorReason.Refused, refusal.Reason);
        Assert.Contains("takes images of 1x28x28, and these are of 3x32x32", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_conditional_purifier_needs_a_fixed_class_which_the_experiment_records()
    {
        string path = _models.At("conditional.safetensors");
        SmallModels.SaveConditionalPurifier(path);
        var request = new ModelRequest(
            Path.Combine(_models.Models, "classifier.safetensors"), new PurifierChoice("consistency", path), 0.5, new ImageShape(1, 28, 28)) { BatchSize = 2 };
        Assert.Equal(ErrorReason.PurifierLabelMissing, Assert.Throws<CertiPureException>(() => ModelCatalog.Load(request)).Reason);

        using BaseModel model = ModelCatalog.Load(request with { PurifierLabel = 2 });
        Assert.Equal(2, model.Purifier.Label);
        int[] labels = [-1, -1];
        model.BaseClassifier.Classify(new ImageBatch(request.Shape, 2), labels);
        Assert.All(labels, label => Assert.InRange(label, 0, 9));

        Refused(request with { PurifierLabel = 3 }, "classes 0 to 2");
        Refused(request with { PurifierLabel = 2, Purifier = PurifierChoice.None }, "there is no purifier");
        Refused(request with { PurifierLabel = 2, Purifier = new PurifierChoice("consistency", _models.Models) }, "not class-conditional");
        Refused(request with { PurifierLabel = 2, Engine = Engine.Onnx }, "cannot be written as an ONNX graph");

        static void Refused(ModelRequest request, string words) =>
            Assert.Contains(words, Assert.Throws<CertiPureException>(() => ModelCatalog.Load(request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Averaged_weights_that_go_before_raw_ones_are_announced()
    {
        using var network = new ResNet110(new ResNet110Options { Depth = 8 });
        FreshWeights.Draw(network, 1);
        string both = Write("both.safetensors", "net.", "net_ema.");
        Assert.Equal([$"{both} holds averaged weights in 'net_ema' beside raw ones in 'net'; the averaged ones are used."], Announced(both));
        Assert.Empty(Announced(Write("averaged.safetensors", "net_ema.")));

        string Write(string name, params string[] prefixes)
        {
            string path = _models.At(name);
            CheckpointTensor[] tensors = [.. ModuleState.Capture(network).Tensors];
            SafeTensors.Write(path, new Checkpoint(prefixes.SelectMany(prefix => tensors.Select(tensor => tensor.Rename(prefix + tensor.Name)))));
            return path;
        }

        static List<string> Announced(string path)
        {
            var said = new List<string>();
            var request = new ModelRequest(path, PurifierChoice.None, 0.5, new ImageShape(3, 32, 32))
            {
                Preprocessing = ClassifierPreprocessing.None with { Mean = [0.5, 0.5, 0.5], Deviation = [0.5, 0.5, 0.5] },
                Announce = said.Add,
            };
            ((IDisposable)ModelCatalog.LoadClassifier(request)).Dispose();
            return said;
        }
    }

    [Fact]
    public void A_torchscript_classifier_is_refused_in_bf16_alone_and_taken_behind_a_bf16_purifier()
    {
        string path = Path.Combine(
            Environment.GetEnvironmentVariable("CERTIPURE_DATA") ?? "", "classifiers", "resnet20-cifar10.torchscript.pt");
        Assert.SkipUnless(File.Exists(path), "CERTIPURE_DATA holds no classifiers/resnet20-cifar10.torchscript.pt.");
        Expect_refused_alone_and_taken_behind(path, new PurifierChoice("consistency", "cifar10-small"), new ImageShape(3, 32, 32));
    }

    private static void Expect_refused_alone_and_taken_behind(string path, PurifierChoice purifier, ImageShape shape)
    {
        var request = new ModelRequest(path, PurifierChoice.None, 0.5, shape) { Precision = Precision.Bf16, BatchSize = 2 };
        CertiPureException refusal = Assert.Throws<CertiPureException>(() => ModelCatalog.Load(request));
        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.Contains("leave out the precision bf16", refusal.Message, StringComparison.Ordinal);

        using BaseModel model = ModelCatalog.Load(request with { Purifier = purifier });
        int[] labels = [-1, -1];
        model.BaseClassifier.Classify(new ImageBatch(shape, 2), labels);
        Assert.All(labels, label => Assert.InRange(label, 0, 9));
    }
}
