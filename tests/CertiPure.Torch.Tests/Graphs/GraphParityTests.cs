using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Graphs;

/// <summary>What a network writes as a graph, ONNX Runtime computes as libtorch computes its forward pass.</summary>
public sealed class GraphParityTests
{
    private const double Tolerance = 1e-4;
    private const double Sigma = SmallGraphs.Sigma;

    public static TheoryData<string> Methods => [.. PurifierMethod.Names];

    [Theory]
    [MemberData(nameof(SmallGraphs.Denoisers), MemberType = typeof(SmallGraphs))]
    public void A_denoiser_s_graph_computes_its_forward_pass(string architecture, string arguments)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Denoiser denoiser = SmallGraphs.Denoiser(architecture, arguments, new EdmPreconditioning());
        Tensor images = SmallGraphs.Images(denoiser.Network.Shape);
        var graph = new GraphBuilder();
        GraphValue input = graph.Input("y", [.. images.shape.Skip(1)]);

        GraphModel model = graph.Build(denoiser.Write(graph, input, 2 * Sigma), "D", new Dictionary<string, string>());

        Assert.InRange(GraphRun.Error(denoiser.Denoise(images, full(1, 2 * (float)Sigma)), GraphRun.Compute(model, images)), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(SmallGraphs.Classifiers), MemberType = typeof(SmallGraphs))]
    public void A_classifier_s_graph_computes_its_forward_pass(string architecture, string arguments, int side)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using TorchClassifier classifier = SmallGraphs.Classifier(architecture, arguments, side);
        Tensor images = SmallGraphs.Images(classifier.Shape);

        GraphModel model = BaseGraph.Write(null, classifier, Sigma, new Dictionary<string, string>());

        Assert.InRange(GraphRun.Error(classifier.Logits(images), GraphRun.Compute(model, images)), 0, Tolerance);
    }

    [Fact]
    public void A_classifier_s_graph_takes_the_steps_before_its_network()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var steps = new ClassifierPreprocessing { Size = 32, Interpolation = Interpolation.Bicubic, IsBgr = true, Low = -1, High = 1 };
        using TorchClassifier classifier = SmallGraphs
            .Classifier("CifarResNet", """{"depth":8,"width":8,"img_channels":3}""", 32)
            .Preprocessed(steps, new ImageShape(3, 20, 20));
        Tensor images = SmallGraphs.Images(classifier.Shape);

        GraphModel model = BaseGraph.Write(null, classifier, Sigma, new Dictionary<string, string>());

        Assert.InRange(GraphRun.Error(classifier.Logits(images), GraphRun.Compute(model, images)), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_purifier_s_graph_with_a_classifier_computes_both(string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Preconditioning preconditioning = method is "ddpm" or "consistency" ? Preconditioning.Named(method) : new EdmPreconditioning();
        const string Network =
            """{"img_resolution":16,"img_channels":3,"model_channels":16,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}""";
        using TorchPurifier purifier = PurifierMethod.Create(method, SmallGraphs.Denoiser("SongUNet", Network, preconditioning));
        using TorchClassifier classifier = SmallGraphs.Classifier("CifarResNet", """{"depth":8,"width":8,"img_channels":3}""", 16);
        Tensor images = SmallGraphs.Images(purifier.Shape);

        GraphModel purifying = BaseGraph.Write(purifier, null, Sigma, new Dictionary<string, string>());
        GraphModel both = BaseGraph.Write(purifier, classifier, Sigma, new Dictionary<string, string>());

        Tensor purified = purifier.Purify(images, Sigma);
        Assert.InRange(GraphRun.Error(purified, GraphRun.Compute(purifying, images)), 0, Tolerance);
        Assert.InRange(GraphRun.Error(classifier.Logits(purified), GraphRun.Compute(both, images)), 0, Tolerance);
    }

    [Fact]
    public void Every_architecture_of_a_denoiser_or_classifier_is_among_them()
    {
        // Networks whose activations are compared, not their answers.
        string[] features = ["AlexNet", "InceptionV3", "SqueezeNet", "Vgg16"];

        Assert.Equal(
            Architecture.All.Select(known => known.Name).Except(features),
            SmallGraphs.Denoisers.Select(row => row.Data.Item1).Concat(SmallGraphs.Classifiers.Select(row => row.Data.Item1))
                .Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_networks_give_the_same_file()
    {
        using DisposeScope scope = NewDisposeScope();
        using var purifier = new EdmPurifier(SmallGraphs.Denoiser("SongUNet", SmallGraphs.Denoisers.First().Data.Item2, new EdmPreconditioning()));
        var metadata = new Dictionary<string, string> { ["method"] = "edm" };

        Assert.Equal(
            BaseGraph.Write(purifier, null, Sigma, metadata).ToBytes(), BaseGraph.Write(purifier, null, Sigma, metadata).ToBytes());
    }

    [Fact]
    public void A_method_of_many_calls_stores_its_weights_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using var once = new EdmPurifier(SmallGraphs.Denoiser("SongUNet", SmallGraphs.Denoisers.First().Data.Item2, new EdmPreconditioning()));
        using var often = new PfOdePurifier(SmallGraphs.Denoiser("SongUNet", SmallGraphs.Denoisers.First().Data.Item2, new EdmPreconditioning()));
        var none = new Dictionary<string, string>();

        int single = BaseGraph.Write(once, null, Sigma, none).ToBytes().Length, many = BaseGraph.Write(often, null, Sigma, none).ToBytes().Length;

        Assert.InRange(many, single, 2 * single);
    }
}
