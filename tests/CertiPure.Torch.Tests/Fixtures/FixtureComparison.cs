using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>One output beside the reference's.</summary>
/// <param name="Output">The output's name in <c>io.safetensors</c>.</param>
/// <param name="Error">The largest absolute difference, as a share of the reference's largest magnitude.</param>
internal sealed record FixtureComparison(string Output, double Error)
{
    /// <summary>Compares an output with the reference's of the same name.</summary>
    public static FixtureComparison Of(Fixture fixture, string output, Tensor computed)
    {
        using var scope = NewDisposeScope();
        return Of(output, fixture[output], computed);
    }

    /// <summary>Compares an output with what is expected.</summary>
    public static FixtureComparison Of(string output, Tensor reference, Tensor computed)
    {
        using var scope = NewDisposeScope();
        Tensor expected = reference.to(ScalarType.Float64);
        Assert.Equal(expected.shape, computed.shape);
        double largest = expected.abs().max().item<double>();
        double difference = (computed.to(ScalarType.Float64) - expected).abs().max().item<double>();
        return new FixtureComparison(output, difference / largest);
    }
}
