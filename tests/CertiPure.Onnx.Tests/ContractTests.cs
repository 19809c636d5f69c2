using CertiPure.Images;
using CertiPure.Results;

namespace CertiPure.Onnx.Tests;

/// <summary>ONNX files whose answer is more than a function of one image.</summary>
public sealed class ContractTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-onnx-").FullName;

    private string Model => Path.Combine(_folder, "model.onnx");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("RandomNormalLike", false)]
    [InlineData("RandomUniformLike", false)]
    [InlineData("RandomNormalLike", true)]
    public void Random_nodes_are_named_from_the_graph_and_its_subgraphs(string operation, bool inSubgraph)
    {
        OnnxModelFile.WriteBehind(Model, operation, inSubgraph);
        Assert.Contains($"{operation} 'suspect'", Refusal(64), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void The_mean_over_the_batch_is_refused_at_every_batch_size(int batchSize)
    {
        OnnxModelFile.WriteCoupled(Model, quantised: false);
        Assert.Contains("other images of its batch", Refusal(batchSize), StringComparison.Ordinal);
    }

    [Fact]
    public void Dynamic_quantisation_over_the_batch_is_refused_by_name()
    {
        OnnxModelFile.WriteCoupled(Model, quantised: true);
        Assert.Contains("DynamicQuantizeLinear", Refusal(64), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 64)]
    [InlineData(1, 64)]
    public void A_sound_classifier_passes(int fixedBatch, int batchSize)
    {
        OnnxModelFile.WriteLinear(
            Model, [fixedBatch, 1, 2, 2], new float[,] { { 1, 2, 3, 4 }, { 4, 3, 2, 1 }, { 1, -1, 1, -1 } }, [0, 0, 1]);
        using var classifier = new OnnxClassifier(Model, threads: 1);
        ProbeOutcome outcome = ContractProbe.Of(new PurifiedClassifier(null, classifier, 0.25, batchSize), Precision.Fp32).Outcome;
        Assert.InRange(outcome.LargestDifference, 0, ContractProbe.SingleTolerance);
        Assert.Empty(classifier.SuspectNodes);
    }

    private string Refusal(int batchSize)
    {
        using var classifier = new OnnxClassifier(Model, threads: 1);
        var joined = new PurifiedClassifier(null, classifier, 0.25, batchSize);
        return Assert.Throws<CertiPureException>(() => ContractProbe.Of(joined, Precision.Fp32)).Message;
    }
}
