using CertiPure.Torch.Backend;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Features;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Graphs;
using CertiPure.Torch.Tests.Training.Methods;
using CertiPure.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Backend;

/// <summary>Everything that computes on a device computes there alone: shown on the device <c>meta</c>, which has shapes and no values, as far
/// as libtorch's C++ library goes there. It ends at the first operation that needs a value or has no kernel for that device, a
/// convolution at the latest; every tensor that was placed before is looked at all the same.</summary>
[Collection(nameof(AloneTests))]
public sealed class DevicePlacementTests
{
    private static readonly Lazy<MethodBench> Bench = new(MethodBench.OfBars);

    public static TheoryData<string, string> Denoisers => SmallGraphs.Denoisers;

    public static TheoryData<string, string, int> Classifiers => SmallGraphs.Classifiers;

    public static TheoryData<string> Methods => [.. TrainingMethod.Names];

    [Theory]
    [MemberData(nameof(Denoisers))]
    public void Every_network_purifies_on_its_device_by_every_method(string architecture, string arguments)
    {
        foreach (string method in PurifierMethod.Names)
        {
            Preconditioning preconditioning = method switch
            {
                "ddpm" => new DdpmPreconditioning(),
                "consistency" => new ConsistencyPreconditioning(),
                _ => new EdmPreconditioning(),
            };
            foreach (Precision precision in (Precision[])[Precision.Fp32, Precision.Bf16])
            {
                Denoiser denoiser = SmallGraphs.Denoiser(architecture, arguments, preconditioning);
                var shape = denoiser.Network.Shape;
                var placement = new Placement();
                placement.Watch(denoiser);
                using TorchPurifier purifier = PurifierMethod.Create(method, denoiser, NoiseLevelRule.Exact, precision, Placement.Meta);
                placement.Walk(purifier, method);
                AsFarAsMetaGoes(() => placement.Note(
                    "the result", purifier.Purify(Noisy(shape.Channels, shape.Height, shape.Width), 0.5)));
                Assert.Empty(placement.Elsewhere);
                Assert.True(placement.Tensors > 20, $"{placement.Tensors} tensors");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Every_classifier_is_on_its_device_whole(string architecture, string arguments, int side)
    {
        using var network = Architecture.Named(architecture).Create<nn.Module<Tensor, Tensor>>(arguments);
        var placement = new Placement();
        placement.Watch(network);
        NetworkPrecision.Convert(network, Precision.Bf16);
        network.to(Placement.Meta);
        placement.Walk(network, architecture);
        AsFarAsMetaGoes(() => network.call(Noisy(3, side, side).to(ScalarType.BFloat16)));
        Assert.Empty(placement.Elsewhere);
        Assert.True(placement.Tensors > 10 && placement.Inputs > 0, $"{placement.Tensors} tensors, {placement.Inputs} inputs");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_training_step_meets_tensors_of_its_device_alone(string name)
    {
        var method = TrainingMethod.On(Bench.Value, name);
        var found = new Placement();
        found.Walk(method.Training, "loss");
        found.Walk(method.Network, "network");
        var placement = new Placement();
        foreach (nn.Module part in found.Modules)
        {
            part.to(Placement.Meta);
            placement.Watch(part);
            placement.Walk(part, name);
        }

        var options = new TrainerOptions { Steps = 1, BatchSize = 4 };
        using var trainer = new Trainer(
            method.Network,
            method.Training,
            Bench.Value.Data,
            options,
            new TrainingRun("unused", "placement", new TrainedPart(new Dictionary<string, string>())));
        AsFarAsMetaGoes(() => trainer.Rehearse(4));
        placement.Walk(method.Training, "loss");
        Assert.Empty(placement.Elsewhere);
        Assert.True(placement.Tensors > 10, $"{placement.Tensors} tensors");
    }

    [Theory]
    [InlineData("alex")]
    [InlineData("squeeze")]
    [InlineData("vgg")]
    public void A_perceptual_distance_is_measured_on_its_device(string name)
    {
        LayeredNetwork backbone = name switch
        {
            "alex" => new AlexNet(classes: 0), "vgg" => new Vgg16(classes: 0), _ => new SqueezeNet(classes: 0),
        };
        using var distance = new Lpips(backbone, new LpipsHeads(backbone.FeatureChannels), 64);
        distance.to(Placement.Meta);
        var placement = new Placement();
        placement.Watch(distance);
        placement.Walk(distance, name);
        AsFarAsMetaGoes(() => placement.Note("the distance", distance.call(Noisy(3, 64, 64), Noisy(3, 64, 64))));
        Assert.Empty(placement.Elsewhere);
        Assert.True(placement.Tensors > 10 && placement.Inputs > 2, $"{placement.Tensors} tensors, {placement.Inputs} inputs");
    }

    [Fact]
    public void A_tensor_that_is_left_behind_is_found()
    {
        var placement = new Placement();
        using var network = nn.Linear(2, 2);
        placement.Walk(network, "linear");
        Assert.Equal(["linear.weight is on cpu", "linear.bias is on cpu"], placement.Elsewhere);
        placement.Watch(network);
        using Tensor output = network.call(zeros(1, 2));
        Assert.Equal(3, placement.Elsewhere.Count);
    }

    /// <summary>Computes until libtorch says that the device has no values or no kernel; that two devices met is a mistake.</summary>
    private static void AsFarAsMetaGoes(Action compute)
    {
        Assert.SkipWhen(
            OneDnn.IsAvoided, "On this machine libtorch computes without oneDNN, and has ended the process while it computed on the device meta.");
        try
        {
            using DisposeScope scope = NewDisposeScope();
            compute();
        }
        catch (System.Runtime.InteropServices.ExternalException exception)
        {
            Assert.Matches("meta tensor; no data|with Meta tensors|convolution_overrideable not implemented", exception.Message);
        }
    }

    private static Tensor Noisy(int channels, int height, int width) =>
        zeros([2, channels, height, width], ScalarType.Float32, Placement.Meta);
}
