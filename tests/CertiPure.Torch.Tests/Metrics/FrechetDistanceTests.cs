using CertiPure.Torch.Metrics;
using MathNet.Numerics.LinearAlgebra;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Metrics;

public sealed class FrechetDistanceTests
{
    [Fact]
    public void Between_normals_of_one_feature_it_is_the_squared_differences_of_means_and_deviations()
    {
        var first = new FeatureStatistics("n", 10, [1.5], new double[,] { { 4 } });
        var second = new FeatureStatistics("n", 10, [-0.5], new double[,] { { 0.25 } });
        Assert.Equal((2 * 2) + (1.5 * 1.5), FrechetDistance.Between(first, second).Value, 12);
    }

    [Fact]
    public void Covariances_that_do_not_commute_give_the_trace_of_the_root_of_their_product()
    {
        // tr((C1 C2)^(1/2)) of 2x2 matrices is sqrt(tr(C1 C2) + 2 sqrt(det(C1 C2))).
        double[,] c1 = { { 2, 0.5 }, { 0.5, 1 } }, c2 = { { 1, -0.3 }, { -0.3, 3 } };
        double traceOfProduct = (2 * 1) + (0.5 * -0.3) + (0.5 * -0.3) + (1 * 3);
        double determinant = ((2 * 1) - 0.25) * ((1 * 3) - 0.09);
        double expected = 3 + 4 - (2 * Math.Sqrt(traceOfProduct + (2 * Math.Sqrt(determinant))));
        FrechetDistance distance = FrechetDistance.Between(new("n", 9, [0, 0], c1), new("n", 9, [0, 0], c2));
        Assert.Equal(expected, distance.Value, 12);
    }

    [Fact]
    public void It_is_symmetric_and_zero_from_a_set_to_itself()
    {
        FeatureStatistics a = Drawn(1, 200, 16, 1), b = Drawn(2, 300, 16, 2);
        Assert.Equal(FrechetDistance.Between(a, b).Value, FrechetDistance.Between(b, a).Value, 9);
        Assert.Equal(0, FrechetDistance.Between(a, a).Value, 9);
    }

    [Fact]
    public void Managed_code_and_libtorch_decompose_a_covariance_alike()
    {
        Matrix<double> covariance = Matrix<double>.Build.DenseOfArray(Drawn(3, 100, 24, 2).Covariance);
        (Vector<double> values, Matrix<double> vectors) = SymmetricEigen.InManagedCode(covariance);
        (Vector<double> expected, Matrix<double> others) = SymmetricEigen.OnLibTorch(covariance);
        Assert.True((values - expected).InfinityNorm() < 1e-12 * expected.Maximum());
        foreach (Matrix<double> each in (Matrix<double>[])[vectors, others])
        {
            Matrix<double> again = each * Matrix<double>.Build.DiagonalOfDiagonalVector(expected) * each.Transpose();
            Assert.True((again - covariance).InfinityNorm() < 1e-11 * expected.Maximum());
        }
    }

    [Fact]
    public void Singular_covariances_give_a_finite_distance()
    {
        // Five images have a covariance of rank four among sixteen features.
        FeatureStatistics few = Drawn(1, 5, 16, 1), others = Drawn(2, 5, 16, 1);
        double distance = FrechetDistance.Between(few, others, acceptFewImages: true).Value;
        Assert.InRange(distance, 1e-3, 1e3);
        Assert.Equal(0, FrechetDistance.Between(few, few, acceptFewImages: true).Value, 6);
    }

    [Fact]
    public void Fewer_images_than_features_are_refused_unless_accepted()
    {
        FeatureStatistics few = Drawn(1, 15, 16, 1), enough = Drawn(2, 16, 16, 1);
        var refusal = Assert.Throws<CertiPureException>(() => FrechetDistance.Between(enough, few));
        Assert.Equal(ErrorReason.Refused, refusal.Reason);
        Assert.True(FrechetDistance.Between(enough, enough).Value >= 0);
        Assert.True(FrechetDistance.Between(enough, few, acceptFewImages: true).Value > 0);
    }

    [Fact]
    public void Features_of_different_networks_are_refused()
    {
        FeatureStatistics a = Drawn(1, 20, 4, 1);
        var b = new FeatureStatistics("another", a.ImageCount, a.Mean, a.Covariance);
        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(() => FrechetDistance.Between(a, b)).Reason);
    }

    [Fact]
    public void The_number_carries_its_network_and_its_images()
    {
        string text = FrechetDistance.Between(Drawn(1, 2000, 4, 1), Drawn(2, 30, 4, 1)).ToString();
        Assert.Contains("drawn", text, StringComparison.Ordinal);
        Assert.Contains("2,000 and 30 images", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_covariance_divides_by_the_number_of_images_less_one()
    {
        var statistics = FeatureStatistics.Of("n", tensor(new double[,] { { 1, 0 }, { 3, 4 }, { 5, 2 } }));
        Assert.Equal([3.0, 2.0], statistics.Mean);
        Assert.Equal(new double[,] { { 4, 2 }, { 2, 4 } }, statistics.Covariance);
        Assert.Equal(3, statistics.ImageCount);
    }

    private static FeatureStatistics Drawn(ulong seed, int images, int features, double scale)
    {
        using var generator = new Generator(seed);
        return FeatureStatistics.Of(
            "drawn", randn([images, features], dtype: ScalarType.Float64, generator: generator) * scale);
    }
}
