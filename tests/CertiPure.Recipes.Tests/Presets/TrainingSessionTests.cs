using CertiPure.Images;
using CertiPure.Onnx.Tests;
using CertiPure.Recipes.Presets;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Features;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Training.Data;
using TorchSharp;

namespace CertiPure.Recipes.Tests.Presets;

/// <summary>Every kind of training, two steps of a tiny network each, from request to weights that load.</summary>
public sealed class TrainingSessionTests : IDisposable
{
    private const string UNet =
        """{ "img_resolution": 8, "img_channels": 1, "model_channels": 8, "channel_mult": [1], "num_blocks": 1, "attn_resolutions": [], "dropout": 0.1 }""";

    private const string Trainer = """{ "steps": 2, "batchSize": 4, "learningRate": 1e-3, "precision": "bf16" }""";
    private const string Plain = """{ "steps": 2, "batchSize": 4, "learningRate": 1e-3 }""";

    private const string Classifier =
        """{ "architecture": "CifarResNet", "arguments": { "depth": 8, "img_channels": 1, "width": 4, "num_classes": 2 } }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-training-").FullName;
    private readonly ImageSet _data = Bars("lying", "standing");
    private readonly string _preset;

    public TrainingSessionTests()
    {
        _preset = At("preset.json");
        File.WriteAllText(_preset, $$"""
            {
              "classifier": { "network": {{Classifier}}, "trainer": {{Plain}} },
              "smoothed-classifier": { "network": {{Classifier}}, "sigma": 0.5, "lambda": 10, "trainer": {{Plain}} },
              "selector": { "network": {{Classifier}}, "trainer": {{Plain}} },
              "ddpm": { "network": { "architecture": "SongUNet", "arguments": {{UNet}} }, "trainer": {{Trainer}} },
              "edm": { "network": { "architecture": "SongUNet", "arguments": {{UNet}} }, "trainer": {{Trainer}} },
              "consistency": { "trainer": {{Trainer}} },
              "fine-tuning": { "distance": "l1", "trainer": {{Trainer}} },
              "classifier-fine-tuning": { "trainer": {{Plain}} },
              "calibration": { "trainer": {{Trainer}} },
              "joint": { "trainer": {{Trainer}} }
            }
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_line_from_diffusion_to_fine_tuned_consistency_runs_and_its_weights_load()
    {
        Train("edm", "edm");
        Train("consistency", "ect", request => request with { StartPath = At("edm") });
        Train("fine-tuning", "tuned", request => request with { StartPath = At("ect") });
        using Denoiser edm = PurifierCheckpoint.Load(At("edm"));
        using Denoiser tuned = PurifierCheckpoint.Load(At("tuned"));
        Assert.Equal("edm", edm.Preconditioning.Name);
        Assert.Single(Directory.GetFiles(At("edm.training"), "samples-*.png"));
        Assert.Single(Directory.GetFiles(At("edm.training"), "events.out.tfevents.*"));
        Assert.Equal("consistency", tuned.Preconditioning.Name);
    }

    [Theory]
    [InlineData(true, "model.")]
    [InlineData(true, "")]
    [InlineData(false, "model.")]
    [InlineData(false, "")]
    public void Training_starts_from_every_naming_that_certification_loads(bool saysNetwork, string prefix)
    {
        Train("edm", "edm");
        using (Checkpoint trained = SafeTensors.Read(At("edm")))
        {
            IReadOnlyDictionary<string, string> metadata =
                saysNetwork ? trained.Metadata : new Dictionary<string, string> { ["class"] = "EDMPrecond" };
            SafeTensors.Write(At("published"), new Checkpoint(
                [.. trained.Tensors.Select(tensor => tensor.Rename(prefix + tensor.Name["model.".Length..]))], metadata));
        }

        PurifierCheckpoint.Load(At("published")).Dispose();
        Train("consistency", "ect", request => request with { StartPath = At("published") });
        PurifierCheckpoint.Load(At("ect")).Dispose();
    }

    [Theory]
    [InlineData("method=distillation", "targetDecay=0.9")]
    [InlineData("method=distillation", "distance=l1")]
    [InlineData("method=distillation", "largestLevel=2.2")]
    [InlineData("method=training", "lastScales=4")]
    [InlineData("method=improvedTraining", "lastScales=20")]
    public void Every_way_to_a_consistency_model_runs(string method, string change)
    {
        Train("edm", "edm");
        Train("consistency", "out", request => request with { StartPath = At("edm"), Changes = [method, change] });
        PurifierCheckpoint.Load(At("out")).Dispose();
    }

    [Fact]
    public void Images_held_out_are_measured_and_the_best_weights_are_the_result()
    {
        Train("edm", "edm", request => request with { Changes = ["trainer.heldOut=3", "trainer.logSteps=1"] });
        Assert.Contains("\"heldOutLoss\"", File.ReadAllText(Path.Combine(At("edm.training"), "stats.jsonl")), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(At("edm.training"), "best-weights.safetensors")), File.ReadAllBytes(At("edm")));
        var error = Assert.Throws<CertiPureException>(
            () => Train("edm", "none", request => request with { Changes = [$"trainer.heldOut={_data.Count}"] }));
        Assert.Contains("none would be left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classifiers_train_clean_noisy_and_on_purified_images()
    {
        Train("edm", "edm");
        Train("classifier", "classifier");
        Train("smoothed-classifier", "smoothed");
        Train("classifier-fine-tuning", "tuned", Both);
        Train("classifier-fine-tuning", "consistent", request => Both(request) with { Changes = ["lambda=10", "eta=0.5"] });
        Train("calibration", "calibrated", Both);
        foreach (string name in (string[])["classifier", "smoothed", "tuned"])
        {
            using TorchClassifier classifier = ClassifierCheckpoint.Load(At(name));
            Assert.Equal(2, classifier.ClassCount);
            Assert.Equal(_data.Shape, classifier.Shape);
        }

        PurifierCheckpoint.Load(At("calibrated")).Dispose();

        TrainingRequest Both(TrainingRequest request) =>
            request with { PurifierPath = At("edm"), ClassifierPath = At("classifier") };
    }

    [Theory]
    [InlineData("bars.pt", "cannot write back")]
    [InlineData("bars-frozen.pt", "no parameters to train")]
    public void A_purifier_is_calibrated_through_a_torchscript_program_which_itself_is_not_trained(string program, string why)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Programs", program);
        Train("edm", "edm");
        Train("calibration", "calibrated", request => request with { PurifierPath = At("edm"), ClassifierPath = path });

        Assert.NotEqual(File.ReadAllBytes(At("edm")), File.ReadAllBytes(At("calibrated")));
        foreach (string training in (string[])["classifier-fine-tuning", "joint"])
        {
            var error = Assert.Throws<CertiPureException>(() => new TrainingSession(
                Request(training, "out") with { PurifierPath = At("edm"), ClassifierPath = path, ClassifierOutputPath = training == "joint" ? At("other") : null }));
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_onnx_classifier_takes_no_part_in_training_and_the_sentence_says_what_would()
    {
        Train("edm", "edm");
        OnnxModelFile.WriteLinear(At("bars.onnx"), [0, 1, 8, 8], new float[2, 64], [0, 0]);
        foreach (string training in (string[])["calibration", "classifier-fine-tuning", "joint"])
        {
            TrainingRequest request = Request(training, "out") with { PurifierPath = At("edm"), ClassifierPath = At("bars.onnx") };
            Assert.Contains("TorchScript", Assert.Throws<CertiPureException>(() => new TrainingSession(request)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("classifier")]
    [InlineData("smoothed-classifier")]
    public void A_classifier_goes_on_from_given_weights(string training)
    {
        const string convolution = "conv1.weight";
        Train("classifier", "start");
        Train(training, "next", request => request with { StartPath = At("start"), Changes = ["trainer.learningRate=1e-9"] });
        using Checkpoint start = SafeTensors.Read(At("start")), next = SafeTensors.Read(At("next"));
        float[] given = start[convolution].ToSingles(), trained = next[convolution].ToSingles();
        Assert.All(given.Zip(trained), pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-3));

        TrainingRequest three = Request(training, "out") with { Data = Bars("lying", "standing", "leaning"), StartPath = At("start") };
        Assert.Contains(
            "2 classes and the data set has 3",
            Assert.Throws<CertiPureException>(() => new TrainingSession(three)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_of_other_classes_than_the_data_is_refused_wherever_one_is_given()
    {
        Train("edm", "edm");
        Train("classifier", "classifier");
        foreach (string training in (string[])["selector", "classifier-fine-tuning", "calibration", "joint"])
        {
            TrainingRequest request = Request(training, "out") with
            {
                Data = Bars("lying", "standing", "leaning"),
                PurifierPath = At("edm"),
                ClassifierPath = At("classifier"),
                ClassifierOutputPath = training == "joint" ? At("tuned") : null,
            };
            var error = Assert.Throws<CertiPureException>(() => new TrainingSession(request));
            Assert.Contains("2 classes and the data set has 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("squeeze", "SqueezeNet 1.1")]
    [InlineData("vgg", "VGG-16")]
    [InlineData("alex", "AlexNet")]
    public void The_network_of_lpips_can_be_chosen_and_its_weights_must_be_given(string network, string named)
    {
        Train("edm", "edm");
        TrainingRequest request = Request("fine-tuning", "out") with
        {
            StartPath = At("edm"),
            Changes = ["distance=lpips", $"lpipsNetwork={network}"],
        };
        var error = Assert.Throws<CertiPureException>(() => new TrainingSession(request));
        Assert.Equal(ErrorReason.LossWeightsMissing, error.Reason);
        Assert.Contains($"lpipsNetwork={network} needs {named}'s weights", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LpipsNetwork.Squeeze)]
    [InlineData(LpipsNetwork.Alex)]
    public void Fine_tuning_runs_under_the_chosen_network_of_lpips_and_refuses_the_weights_of_another(LpipsNetwork network)
    {
        Train("edm", "edm");
        LayeredNetwork squeeze = new SqueezeNet(classes: 0), alex = new AlexNet(classes: 0);
        Write("backbone", network == LpipsNetwork.Squeeze ? squeeze : alex);
        Write("heads", new LpipsHeads((network == LpipsNetwork.Squeeze ? squeeze : alex).FeatureChannels));
        TrainingRequest Under(LpipsNetwork chosen) => Request("fine-tuning", "tuned") with
        {
            StartPath = At("edm"),
            LpipsBackbonePath = At("backbone"),
            LpipsHeadsPath = At("heads"),
            Changes = ["distance=lpips", "lpipsResolution=64", $"lpipsNetwork={chosen}"],
        };
        LpipsNetwork other = network == LpipsNetwork.Squeeze ? LpipsNetwork.Vgg : LpipsNetwork.Squeeze;
        Assert.Contains(
            "does not fit", Assert.Throws<CertiPureException>(() => new TrainingSession(Under(other))).Message, StringComparison.Ordinal);
        Train("fine-tuning", "tuned", _ => Under(network));

        void Write(string name, TorchSharp.torch.nn.Module weights) => SafeTensors.Write(At(name), ModuleState.Capture(weights));
    }

    [Theory]
    [InlineData("selector")]
    [InlineData("classifier-fine-tuning")]
    [InlineData("calibration")]
    [InlineData("joint")]
    public void Weights_to_start_from_are_refused_where_they_would_have_no_use(string training)
    {
        TrainingRequest request = Request(training, "out") with { StartPath = At("edm"), ClassifierOutputPath = At("classifier-out") };
        var error = Assert.Throws<CertiPureException>(() => new TrainingSession(request));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains("start from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_selection_network_trains_for_a_classifier_with_or_without_a_purifier()
    {
        Train("edm", "edm");
        Train("smoothed-classifier", "smoothed");
        Train("selector", "selector", request => request with { ClassifierPath = At("smoothed") });
        Train("selector", "purified", request => request with { ClassifierPath = At("smoothed"), PurifierPath = At("edm") });
        using TorchClassifier plain = ClassifierCheckpoint.Load(At("selector")), purified = ClassifierCheckpoint.Load(At("purified"));
        Assert.Equal((2, _data.Shape), (plain.ClassCount, plain.Shape));
        Assert.Equal((2, _data.Shape), (purified.ClassCount, purified.Shape));
        Assert.NotEqual(File.ReadAllBytes(At("selector")), File.ReadAllBytes(At("purified")));

        // The selector knows two classes whatever the data has; the classifier must know those of the data.
        TrainingRequest three = Request("selector", "out") with { Data = Bars("lying", "standing", "leaning") };
        Assert.Contains(
            "2 classes and the data set has 3",
            Assert.Throws<CertiPureException>(() => new TrainingSession(three with { ClassifierPath = At("smoothed") })).Message,
            StringComparison.Ordinal);
        Train("classifier", "three", request => request with { Data = three.Data, Changes = ["network.arguments.num_classes=3"] });
        Train("selector", "of-three", _ => three with { OutputPath = At("of-three"), ClassifierPath = At("three") });
        Assert.Contains(
            "not a score for each of 2 classes",
            Assert.Throws<CertiPureException>(() => new TrainingSession(
                three with { ClassifierPath = At("three"), Changes = ["network.arguments.num_classes=3"] })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Purifier_and_classifier_train_together_and_each_gets_its_file()
    {
        Train("edm", "edm");
        Train("classifier", "classifier");
        Train("joint", "purifier", request => Joint(request) with { Changes = ["lambda=10", "eta=0.5"] });
        using Denoiser purifier = PurifierCheckpoint.Load(At("purifier"));
        using TorchClassifier classifier = ClassifierCheckpoint.Load(At("tuned"));
        Assert.Equal("edm", purifier.Preconditioning.Name);
        Assert.Equal(2, classifier.ClassCount);
        PurifierCheckpoint.Load(At("purifier.training/weights.safetensors")).Dispose();
        ClassifierCheckpoint.Load(At("purifier.training/classifier.safetensors")).Dispose();
        Assert.NotEqual(File.ReadAllBytes(At("edm")), File.ReadAllBytes(At("purifier")));
        Assert.NotEqual(File.ReadAllBytes(At("classifier")), File.ReadAllBytes(At("tuned")));

        // The result is where the next training starts.
        Train("joint", "again", request => Joint(request) with
        {
            PurifierPath = At("purifier"),
            ClassifierPath = At("tuned"),
            ClassifierOutputPath = At("again-classifier"),
        });

        TrainingRequest Joint(TrainingRequest request) => request with
        {
            PurifierPath = At("edm"),
            ClassifierPath = At("classifier"),
            ClassifierOutputPath = At("tuned"),
        };
    }

    [Fact]
    public void Two_results_need_two_outputs_and_one_result_takes_one()
    {
        Train("edm", "edm");
        Train("classifier", "classifier");
        var error = Assert.Throws<CertiPureException>(() => new TrainingSession(
            Request("joint", "out") with { PurifierPath = At("edm"), ClassifierPath = At("classifier") }));
        Assert.Equal(ErrorReason.ClassifierOutputMissing, error.Reason);
        error = Assert.Throws<CertiPureException>(() => new TrainingSession(
            Request("edm", "out") with { ClassifierOutputPath = At("classifier") }));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
    }

    [Fact]
    public void A_ddpm_trains()
    {
        Train("ddpm", "ddpm");
        using Denoiser ddpm = PurifierCheckpoint.Load(At("ddpm"));
        Assert.Equal("ddpm", ddpm.Preconditioning.Name);
    }

    [Fact]
    public void An_estimate_counts_parameters_and_writes_nothing()
    {
        using var session = new TrainingSession(Request("edm", "edm"));
        TrainingEstimate estimate = session.Estimate();
        Assert.True(estimate.Parameters > 1000);
        Assert.True(estimate.ImagesPerSecond > 0);
        Assert.Equal(16, estimate.Images);
        Assert.Equal(2, estimate.Recipe.GetProperty("trainer").GetProperty("steps").GetInt32());
        Assert.Equal([_preset], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_training_is_neither_begun_twice_nor_resumed_from_nothing_nor_written_over_another()
    {
        Refused(Request("edm", "edm") with { Resume = true }, ErrorReason.TrainingMissing);
        Train("edm", "edm");
        Refused(Request("edm", "edm"), ErrorReason.OutputExists);
        File.Delete(At("edm"));
        Refused(Request("edm", "edm"), ErrorReason.TrainingExists);
        Train("edm", "edm", request => request with { Resume = true });
        Train("edm", "edm", request => request with { Overwrite = true });
    }

    [Theory]
    [InlineData("consistency", ErrorReason.StartMissing)]
    [InlineData("fine-tuning", ErrorReason.StartMissing)]
    [InlineData("calibration", ErrorReason.PurifierMissing)]
    [InlineData("selector", ErrorReason.ClassifierMissing)]
    public void Weights_that_a_training_starts_from_must_be_given(string training, ErrorReason reason) =>
        Assert.Equal(reason, Assert.Throws<CertiPureException>(() => new TrainingSession(Request(training, "out"))).Reason);

    [Theory]
    [InlineData("edm", "network.arguments.model_channels=140", "groups")]
    [InlineData("edm", "network.arguments.model_channels=-4", "model_channels")]
    [InlineData("edm", "network.arguments.model_channels=many", "arguments")]
    [InlineData("edm", "network.arguments.channel_mult=[]", "channel_mult")]
    [InlineData("edm", "network.arguments.img_channels=3", "3x8x8")]
    [InlineData("edm", "network.arguments.no_such=1", "no_such")]
    [InlineData("edm", "network.architecture=Unknown", "Unknown")]
    [InlineData("edm", "network.architecture=CifarResNet", "CifarResNet")]
    [InlineData("classifier", "network.arguments.num_classes=3", "2 classes")]
    [InlineData("classifier", "network.arguments.img_channels=3", "network.arguments")]
    [InlineData("classifier", "network.arguments.patch=3", "network.arguments")]
    [InlineData("classifier", "network.arguments.depth=9", "depth")]
    [InlineData("smoothed-classifier", "sigma=-1", "sigma")]
    [InlineData("selector", "sigma=0", "sigma")]
    [InlineData("consistency", "q=256", "trainer.precision=fp32")]
    [InlineData("consistency", "method=improvedTraining", "trainer.precision=fp32")]
    [InlineData("edm", "levels.deviation=0", "deviation")]
    [InlineData("edm", "trainer.batchSize=0", "batchSize")]
    [InlineData("edm", "trainer.augmentation.shift=-1", "shift")]
    public void A_change_that_cannot_be_is_refused_in_one_sentence_that_names_it(string training, string change, string named)
    {
        var error = Assert.Throws<CertiPureException>(
            () => new TrainingSession(Request(training, "out") with { Changes = [change] }));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised", error.Message, StringComparison.Ordinal);
    }

    private static ImageSet Bars(params string[] classes)
    {
        var pixels = new byte[16 * 64];
        var labels = new int[16];
        for (int i = 0; i < 16; i++)
        {
            labels[i] = i % 2;
            for (int j = 0; j < 8; j++)
            {
                pixels[(64 * i) + (i % 2 == 0 ? (8 * (i / 2)) + j : (8 * j) + (i / 2))] = 250;
            }
        }

        return new ImageSet("bars", "train", new ImageShape(1, 8, 8), pixels, labels, classes);
    }

    private static void Refused(TrainingRequest request, ErrorReason reason)
    {
        using var session = new TrainingSession(request);
        Assert.Equal(reason, Assert.Throws<CertiPureException>(() => session.Run()).Reason);
    }

    private string At(string name) => Path.Combine(_folder, name);

    [Theory]
    [InlineData("consistency", "method=distillation")]
    [InlineData("calibration", "trainer.steps=2")]
    public void A_training_moves_with_the_frozen_networks_that_its_loss_uses(string training, string change)
    {
        Train("edm", "edm");
        Train("classifier", "classifier");
        using var data = TrainingData.Load(_data);
        var inputs = new TrainingInputs(data) { PurifierPath = At("edm"), ClassifierPath = At("classifier") };
        using PreparedTraining prepared = TrainingSession.ReadRecipe(TrainingPreset.Load(_preset), training, [change])
            .Prepare(training == "consistency" ? inputs with { StartPath = At("edm") } : inputs);
        Assert.NotEmpty(prepared.Companions);
        prepared.MoveTo(torch.device(DeviceType.META));
        Assert.All(
            prepared.Companions.Append(prepared.Network).SelectMany(network => network.parameters()),
            parameter => Assert.Equal(DeviceType.META, parameter.device_type));
    }

    [Fact]
    public void A_GPU_that_is_not_here_is_named()
    {
        var absent = new ComputeDevice(31);
        var error = Assert.Throws<CertiPureException>(() => new TrainingSession(Request("edm", "edm") with { Device = absent }));
        Assert.StartsWith("The device 'cuda:31' does not exist here", error.Message, StringComparison.Ordinal);
    }

    private TrainingRequest Request(string training, string output) =>
        new() { Training = training, Preset = _preset, Data = _data, OutputPath = At(output) };

    private void Train(string training, string output, Func<TrainingRequest, TrainingRequest>? change = null)
    {
        TrainingRequest request = Request(training, output);
        using var session = new TrainingSession(change?.Invoke(request) ?? request);
        session.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.True(File.Exists(At(output)));
    }
}
