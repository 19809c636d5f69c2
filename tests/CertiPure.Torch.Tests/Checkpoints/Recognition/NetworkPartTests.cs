using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints.Recognition;

/// <summary>State dicts as training frameworks wrap them.</summary>
public sealed class NetworkPartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.")]
    [InlineData("net.")]
    [InlineData("classifier_module.backbone.net.")]
    [InlineData("module.model.")]
    public void Any_prefix_of_all_names_is_taken_off(string prefix)
    {
        using Checkpoint opened = Write(Network(prefix));
        AssertLoads(opened);
        Assert.Equal(prefix.TrimEnd('.'), opened.Section);
        Assert.Empty(opened.LeftOut);
        Assert.Null(opened.RawWeights);
    }

    [Fact]
    public void What_is_around_the_network_is_left_out_and_named()
    {
        using Checkpoint opened = Write([.. Network("module.").Tensors, Scalar("n_averaged"), Scalar("criterion.weight")]);
        AssertLoads(opened);
        Assert.Equal(["criterion.weight", "n_averaged"], opened.LeftOut.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ema_model.", "online_model.")]
    [InlineData("net_ema.", "net.")]
    public void Averaged_weights_go_before_raw_ones_and_the_section_says_so(string averaged, string raw)
    {
        using Checkpoint opened = Write([.. Network(raw, seed: 1).Tensors, .. Network(averaged, seed: 2).Tensors, Scalar("step")]);
        Assert.Equal((averaged.TrimEnd('.'), raw.TrimEnd('.')), (opened.Section, opened.RawWeights));
        Assert.Contains($"{raw}conv1.weight", opened.LeftOut);
        Assert.Equal(Network("", seed: 2)["conv1.weight"].ToBytes(), opened["conv1.weight"].ToBytes());
    }

    [Fact]
    public void An_attacker_s_copy_of_the_model_is_left_out()
    {
        // As the robustness library saves its networks.
        using Checkpoint opened = Write(
        [
            .. Network("module.model.").Tensors, .. Network("module.attacker.model.").Tensors,
            Pixels("module.normalizer.new_mean", 0.4914f), Pixels("module.normalizer.new_std", 0.2023f),
            Pixels("module.attacker.normalize.new_mean", 0.4914f), Pixels("module.attacker.normalize.new_std", 0.2023f),
        ]);
        AssertLoads(opened);
        Assert.Equal("0.4914,0.4914,0.4914", CheckpointArchitecture.Recognise(opened)!.Metadata["mean"]);
    }

    [Theory]
    [InlineData("0.mean", "0.std", "1.")]
    [InlineData("normalize.mean", "normalize.std", "model.")]
    [InlineData("mu", "sigma", "")]
    public void A_normalisation_layer_becomes_the_classifier_s_preprocessing(string mean, string deviation, string prefix)
    {
        using Checkpoint opened = Write([.. Network(prefix).Tensors, Pixels(mean, 0.25f), Pixels(deviation, 0.5f)]);
        AssertLoads(opened);
        RecognisedNetwork network = CheckpointArchitecture.Recognise(opened)!;
        Assert.Null(network.UsualPixels);
        Assert.Equal(("0.25,0.25,0.25", "0.5,0.5,0.5"), (network.Metadata["mean"], network.Metadata["std"]));
    }

    [Fact]
    public void A_normalisation_layer_of_another_scale_is_not_taken_for_one_of_pixels()
    {
        using Checkpoint opened = Write([.. Network("model.").Tensors, Pixels("normalize.mean", 124f), Pixels("normalize.std", 58f)]);
        Assert.NotNull(CheckpointArchitecture.Recognise(opened)!.UsualPixels);
    }

    [Fact]
    public void Two_networks_on_one_level_are_not_chosen_between()
    {
        using Checkpoint opened = Write([.. Network("teacher.").Tensors, .. Network("student.").Tensors]);
        Assert.Equal("", opened.Section);
        var refusal = Assert.Throws<CertiPureException>(() => CheckpointConversion.Complete(opened));
        Assert.Contains("several networks (student, teacher)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_of_a_checkpoint_is_called_one()
    {
        string path = _folder["model-00001-of-00002.safetensors"];
        SafeTensors.Write(path, new Checkpoint(Network("").Tensors.Where(tensor => !tensor.Name.StartsWith("layer3", StringComparison.Ordinal))));
        using Checkpoint opened = CheckpointReader.Open(path);
        using var network = new WideResNet(new WideResNetOptions { Depth = 10, WidenFactor = 1 });
        Refusal.Of(() => CheckpointLoader.Load(network, opened), path, "so name their folder");
    }

    [Theory]
    [InlineData("torch._utils", "_rebuild_qtensor")]
    [InlineData("torch", "qint8")]
    [InlineData("torch.ao.nn.quantized.modules.linear", "Linear")]
    public void Quantised_weights_are_called_that(string module, string name)
    {
        byte[] file = TorchFile.Zip(new Python.Dictionary(("w", new Python.Call(new Python.Global(module, name)))));
        Refusal.Of(() => CheckpointReader.Open("hostile file", file), "hostile file", "its weights are quantised");
    }

    [Fact]
    public void A_list_that_holds_one_state_dict_is_looked_into()
    {
        var inner = new Python.Dictionary(("w", Python.Floats("0", 3)));
        byte[] file = TorchFile.Zip(
            new Python.Dictionary(("acc", Python.Floats("1", 1)), ("state_dict", new Python.List(inner))),
            ("0", TorchFile.Counting(3)),
            ("1", TorchFile.Counting(1)));
        using Checkpoint opened = CheckpointReader.Open("file", file);
        Assert.Equal(("state_dict[0]", "w"), (opened.Section, Assert.Single(opened.Tensors).Name));
        using Checkpoint named = CheckpointReader.Open("file", file, "state_dict[0]");
        Assert.Equal("w", Assert.Single(named.Tensors).Name);
    }

    [Fact]
    public void Raw_weights_beside_averaged_ones_are_named()
    {
        byte[] file = TorchFile.Zip(
            new Python.Dictionary(
                ("state_dict", new Python.Dictionary(("w", Python.Floats("0", 3)))), ("ema", new Python.Dictionary(("w", Python.Floats("1", 3))))),
            ("0", TorchFile.Counting(3)),
            ("1", TorchFile.Counting(3)));
        using Checkpoint opened = CheckpointReader.Open("file", file);
        Assert.Equal("ema", opened.Section);
        Assert.Equal(["state_dict"], opened.LeftOut);
    }

    // A small ResNet-110 of few layers: a network whose file does not say its preprocessing.
    private static Checkpoint Network(string prefix, ulong seed = 1)
    {
        using var network = new ResNet110(new ResNet110Options { Depth = 8 });
        FreshWeights.Draw(network, seed);
        Checkpoint state = ModuleState.Capture(network);
        return new Checkpoint(state.Tensors.Select(tensor => tensor.Rename(prefix + tensor.Name)));
    }

    private static CheckpointTensor Scalar(string name) => CheckpointTensor.FromSingles(name, [], [1f]);

    private static CheckpointTensor Pixels(string name, float value) => CheckpointTensor.FromSingles(name, [3, 1, 1], [value, value, value]);

    private static void AssertLoads(Checkpoint opened)
    {
        Checkpoint complete = CheckpointConversion.Complete(opened);
        using var network = Architecture.Named(complete.Metadata["architecture"])
            .Create<TorchSharp.torch.nn.Module>(complete.Metadata["arguments"], complete);
        CheckpointLoader.Load(network, complete);
    }

    private Checkpoint Write(params IEnumerable<CheckpointTensor> tensors)
    {
        string path = _folder["wrapped.safetensors"];
        SafeTensors.Write(path, new Checkpoint(tensors));
        return CheckpointReader.Open(path);
    }

    private Checkpoint Write(Checkpoint checkpoint) => Write(checkpoint.Tensors);
}
