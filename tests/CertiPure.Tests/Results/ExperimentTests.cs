using CertiPure.Results;

namespace CertiPure.Tests.Results;

public sealed class ExperimentTests
{
    [Fact]
    public void Equal_content_is_no_difference_whatever_the_order_of_the_weights()
    {
        Experiment reordered = Samples.Experiment() with
        {
            Weights = Samples.Experiment().Weights.Reverse().ToDictionary(),
        };

        Assert.Empty(Samples.Experiment().DifferencesFrom(reordered));
    }

    [Fact]
    public void A_weight_file_that_only_one_has_is_a_difference()
    {
        Experiment fewer = Samples.Experiment() with { Weights = new Dictionary<string, string> { ["classifier"] = new('c', 64) } };

        ExperimentDifference difference = Assert.Single(Samples.Experiment().DifferencesFrom(fewer));

        Assert.Equal("weights.purifier", difference.Field);
        Assert.EndsWith("not missing", difference.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbouring_doubles_differ()
    {
        Experiment neighbour = Samples.Experiment() with { Sigma = Math.BitIncrement(0.5) };

        Assert.Equal("sigma", Assert.Single(Samples.Experiment().DifferencesFrom(neighbour)).Field);
    }
}
